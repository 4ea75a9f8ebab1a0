package io.hawser.node.probe;

import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** A real server that does with each connection what a test tells it, on a thread of the connection's own. */
final class ScriptedBackend implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 60_000;

    /** What is done with a connection; when it returns, the backend waits for the other side's end. */
    interface Script {
        void run(Socket connection) throws Exception;
    }

    private final ServerSocket server;
    private final Script script;
    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private ScriptedBackend(ServerSocket server, Script script) {
        this.server = server;
        this.script = script;
        Thread thread = new Thread(this::accept, "backend");
        thread.setDaemon(true);
        thread.start();
    }

    static ScriptedBackend plain(Script script) throws IOException {
        return new ScriptedBackend(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
    }

    /** One that shakes hands in these versions of TLS before it runs the script. */
    static ScriptedBackend tls(X509Bundle certificate, Script script, String... versions)
            throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(certificate.toKeyManagerFactory().getKeyManagers(), null, null);
        SSLServerSocket server = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        if (versions.length > 0) {
            server.setEnabledProtocols(versions);
        }
        return new ScriptedBackend(server, script);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket connection = server.accept();
                open.add(connection);
                Thread thread = new Thread(() -> serve(connection), "backend-connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                // Closed: the loop ends. Anything else shows in the test that misses its connection.
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            connection.setSoTimeout(PATIENCE_MILLIS);
            script.run(connection);
            if (!connection.isClosed()) {
                connection.getInputStream().readAllBytes();
                ends.add("closed");
            }
        } catch (Exception e) {
            ends.add(e.toString());
        } finally {
            open.remove(connection);
        }
    }

    /** How the next connection has ended, as the backend saw it: {@code closed}, or the error. */
    String awaitEnd() throws InterruptedException {
        String end = ends.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        return end == null ? "never" : end;
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.getLocalSocketAddress();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket connection : open) {
            connection.close();
        }
    }
}
