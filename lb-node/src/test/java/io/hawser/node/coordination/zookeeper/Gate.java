package io.hawser.node.coordination.zookeeper;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** Stands between a client and a server: lets everything through, holds it back, or cuts it off. */
public final class Gate implements AutoCloseable {

    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int server;
    private final List<Socket> sockets = new ArrayList<>();
    private boolean held;
    private boolean refuses;

    /** Opens it. */
    public Gate(int server) throws IOException {
        this.server = server;
        start("gate", this::accept);
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** From now on nothing gets through, as when one side is paused; nobody is told. */
    public synchronized void hold() {
        held = true;
    }

    /** What was held back gets through, and all that follows. */
    public synchronized void release() {
        held = false;
        refuses = false;
        notifyAll();
    }

    /** Closes what is open, and whatever is opened. */
    public synchronized void cut() throws IOException {
        refuses = true;
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = listening.accept();
            Socket onward = new Socket();
            synchronized (this) {
                if (refuses) {
                    client.close();
                    continue;
                }
                sockets.add(client);
                sockets.add(onward);
            }
            start("gate-in", () -> {
                passing();
                onward.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server), 5000);
                start("gate-out", () -> pump(onward, client));
                pump(client, onward);
            });
        }
    }

    private void pump(Socket from, Socket to) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[8192];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                passing();
                out.write(buffer, 0, read);
            }
        }
    }

    private synchronized void passing() throws IOException {
        while (held) {
            try {
                wait();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void start(String name, Task task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (IOException e) {
                        // A side has gone, or the gate is closed.
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        release();
        listening.close();
        cut();
    }
}
