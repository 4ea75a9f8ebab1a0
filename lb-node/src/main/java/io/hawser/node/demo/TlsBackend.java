package io.hawser.node.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/** An HTTPS server that says who it is and whether the client's TLS session was resumed; one request a connection. */
final class TlsBackend implements AutoCloseable {

    /** Of the answer: the backend's name. */
    static final String NAME_HEADER = "X-Backend: ";

    /** Of the answer: {@code true} after an abbreviated handshake. */
    static final String RESUMED_HEADER = "X-Resumed: ";

    private static final int BACKLOG = 1024;
    private static final int TIMEOUT_MILLIS = 5_000;

    private final String name;
    private final SSLContext context;
    private final ServerSocket listening;
    private final ExecutorService threads;

    private TlsBackend(String name, SSLContext context, ServerSocket listening) {
        this.name = name;
        this.context = context;
        this.listening = listening;
        this.threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "backend-" + name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Starts it; when this returns it listens. */
    static TlsBackend start(String name, InetSocketAddress address, SSLContext context) throws IOException {
        ServerSocket listening = new ServerSocket();
        listening.bind(address, BACKLOG);
        TlsBackend backend = new TlsBackend(name, context, listening);
        backend.threads.execute(backend::accept);
        return backend;
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket plain = listening.accept();
                threads.execute(() -> serve(plain));
            } catch (IOException e) {
                // Closed; or the process is short of descriptors, and the client sees that it is not answered.
            }
        }
    }

    private void serve(Socket plain) {
        try (plain;
                SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, null, true)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            socket.setUseClientMode(false);
            long begun = System.currentTimeMillis();
            socket.startHandshake();
            SSLSession session = socket.getSession();
            // A session is as old as its full handshake.
            boolean resumed = session.getCreationTime() < begun;
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String line = in.readLine();
            while (line != null && !line.isEmpty()) {
                line = in.readLine();
            }
            if (line == null) {
                return;
            }
            String body = "This is backend " + name + ", by " + session.getProtocol() + ", session "
                    + (resumed ? "resumed" : "new") + ".\n";
            String answer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + body.length()
                    + "\r\nConnection: close\r\n" + NAME_HEADER + name + "\r\n" + RESUMED_HEADER + resumed + "\r\n\r\n"
                    + body;
            socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            // The client's loss, which sees and counts it; health probes end so, too.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
        threads.shutdownNow();
    }
}
