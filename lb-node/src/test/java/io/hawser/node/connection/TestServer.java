package io.hawser.node.connection;

import static org.awaitility.Awaitility.await;

import io.hawser.net.Endpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A backend that does with each connection what a test says; a thread each. */
final class TestServer implements AutoCloseable {

    /** What is done with one connection, which is closed afterwards. */
    interface Script {
        void serve(Peer client) throws IOException;
    }

    private final ServerSocket listening;
    private final AtomicInteger accepted = new AtomicInteger();
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Peer> taken = new LinkedBlockingQueue<>();
    private final Thread acceptor;

    private TestServer(ServerSocket listening, @Nullable Script script) {
        this.listening = listening;
        acceptor = new Thread(() -> accept(script), "test-server");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    private static TestServer start(String host, int receiveBuffer, @Nullable Script script) throws IOException {
        ServerSocket socket = new ServerSocket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.bind(new InetSocketAddress(InetAddress.getByName(host), 0), 256);
        return new TestServer(socket, script);
    }

    static TestServer doing(Script script) throws IOException {
        return start("127.0.0.1", 0, script);
    }

    /** Sends back all that comes, and its end. */
    static TestServer echo() throws IOException {
        return echo("127.0.0.1");
    }

    static TestServer echo(String host) throws IOException {
        return start(host, 0, TestServer::echo);
    }

    private static void echo(Peer client) throws IOException {
        Socket socket = client.socket();
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[64 * 1024];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            socket.getOutputStream().write(buffer, 0, count);
        }
    }

    /** Says its name once the client has sent something, and ends. */
    static TestServer named(String name) throws IOException {
        return doing(client -> {
            client.read(1);
            client.send(name);
            // Read what is left, or the close would reset.
            client.halfClose();
            client.readToEnd();
        });
    }

    /** Says its name once the client has sent something, and stays until the client ends. */
    static TestServer staying(String name) throws IOException {
        return doing(client -> {
            client.read(1);
            client.send(name);
            client.readToEnd();
        });
    }

    /** Leaves the connections to the test: see {@link #take}. */
    static TestServer manual() throws IOException {
        return manual(0);
    }

    static TestServer manual(int receiveBuffer) throws IOException {
        return start("127.0.0.1", receiveBuffer, null);
    }

    /** The next connection of a manual server. */
    Peer take() throws InterruptedException {
        Peer peer = taken.poll(Peer.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        if (peer == null) {
            throw new AssertionError("no connection reached the backend");
        }
        return peer;
    }

    private void accept(@Nullable Script script) {
        while (!listening.isClosed()) {
            Socket socket;
            try {
                socket = listening.accept();
            } catch (IOException e) {
                return;
            }
            accepted.incrementAndGet();
            open.add(socket);
            if (script == null) {
                taken.add(new Peer(socket));
            } else {
                Thread server = new Thread(() -> serve(script, socket), "test-server-connection");
                server.setDaemon(true);
                server.start();
            }
        }
    }

    private void serve(Script script, Socket socket) {
        try {
            script.serve(new Peer(socket));
        } catch (IOException e) {
            // The client went away, or the test is over.
        }
        close(socket);
    }

    private void close(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listening.getLocalSocketAddress();
    }

    Endpoint endpoint() {
        return new Endpoint(address().getAddress().getHostAddress(), address().getPort());
    }

    /** Connections that have reached it. */
    int accepted() {
        return accepted.get();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Nothing listens on its port any more; its connections go on. */
    void stopListening() throws IOException {
        listening.close();
        // Until its accept has returned the kernel lets clients in, and it may return with one.
        await().atMost(Rig.PATIENCE).until(() -> !acceptor.isAlive());
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        open.forEach(this::close);
    }
}
