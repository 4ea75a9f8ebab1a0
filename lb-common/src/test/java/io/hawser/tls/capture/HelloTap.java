package io.hawser.tls.capture;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Stands between a TLS client and a server on the loopback, and writes each connection's ClientHello, as it was on the
 * wire, to a file. Prints the port it listens on; runs until it is killed.
 *
 * <p>Arguments: the server's port, and the files' path, to which {@code -1.bin}, {@code -2.bin} and so on are added.
 */
public final class HelloTap {

    private HelloTap() {}

    public static void main(String[] arguments) throws IOException {
        int server = Integer.parseInt(arguments[0]);
        try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            System.out.println(listener.getLocalPort());
            for (int number = 1; ; number++) {
                Path file = Path.of(arguments[1] + "-" + number + ".bin");
                Socket client = listener.accept();
                new Thread(() -> carry(client, server, file)).start();
            }
        }
    }

    private static void carry(Socket client, int serverPort, Path file) {
        try (client;
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort)) {
            byte[] hello = readHello(new DataInputStream(client.getInputStream()));
            Files.write(file, hello);
            server.getOutputStream().write(hello);
            Thread back = new Thread(() -> pump(server, client));
            back.start();
            pump(client, server);
            back.join();
        } catch (IOException | InterruptedException e) {
            System.err.println(file + ": " + e);
        }
    }

    /** Whole records, until they hold the message that the first of them begins. */
    private static byte[] readHello(DataInputStream in) throws IOException {
        ByteBuffer wire = ByteBuffer.allocate(1 << 17);
        int collected = 0;
        int message = Integer.MAX_VALUE;
        while (collected < message) {
            byte[] header = in.readNBytes(5);
            int length = ByteBuffer.wrap(header).getShort(3) & 0xffff;
            byte[] fragment = in.readNBytes(length);
            wire.put(header).put(fragment);
            if (collected == 0) {
                message = 4 + (ByteBuffer.wrap(fragment).getInt() & 0xffffff);
            }
            collected += length;
        }
        byte[] hello = new byte[wire.position()];
        wire.flip().get(hello);
        return hello;
    }

    private static void pump(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
            to.shutdownOutput();
        } catch (IOException e) {
            // One side is gone; the other pump ends by itself.
        }
    }
}
