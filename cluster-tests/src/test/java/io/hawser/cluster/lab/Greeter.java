package io.hawser.cluster.lab;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A server that says one line to everybody who connects; tests start it on hosts of a lab. */
public final class Greeter {

    private Greeter() {}

    /** Serves until it is killed; its only argument is the port. */
    public static void main(String[] arguments) throws IOException {
        try (ServerSocket server = new ServerSocket(Integer.parseInt(arguments[0]))) {
            System.out.println("greets");
            while (true) {
                try (Socket client = server.accept()) {
                    client.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
                }
            }
        }
    }
}
