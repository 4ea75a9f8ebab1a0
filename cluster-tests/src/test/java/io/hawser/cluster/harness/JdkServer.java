package io.hawser.cluster.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A server inside the test, with TLS or without, a thread for each connection. What it speaks is a {@link Service}. */
public final class JdkServer implements Backend, AutoCloseable {

    /** What is done with one connection; it is closed behind it. */
    public interface Service {

        /**
         * Serves a client until one of the two has enough.
         *
         * @throws IOException when the client breaks off; that is counted, and is no defect of the server's
         */
        void serve(JdkServer server, Socket socket) throws IOException;
    }

    private final String id;
    private final @Nullable SSLContext tls;
    private final Service service;
    private final ServerSocket listening;
    private final ExecutorService threads;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    /**
     * When the handshake of each open connection began. Not kept in their sessions: Java seals no session with values of
     * the application's in a ticket.
     */
    private final Map<Socket, Long> begun = new ConcurrentHashMap<>();

    private final AtomicLong accepted = new AtomicLong();
    private final List<Throwable> defects = new CopyOnWriteArrayList<>();
    private final List<IOException> brokenOff = new CopyOnWriteArrayList<>();

    /** @param tls null for a server without TLS */
    JdkServer(String id, InetAddress host, @Nullable SSLContext tls, Service service) throws IOException {
        this(id, new InetSocketAddress(host, 0), tls, service);
    }

    JdkServer(String id, InetSocketAddress address, @Nullable SSLContext tls, Service service) throws IOException {
        this.id = id;
        this.tls = tls;
        this.service = service;
        this.listening = new ServerSocket();
        listening.bind(address, 4096);
        this.threads = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, id);
            thread.setDaemon(true);
            return thread;
        });
        threads.execute(this::accept);
    }

    private void accept() {
        while (true) {
            Socket socket;
            try {
                socket = listening.accept();
            } catch (IOException e) {
                // Closed.
                return;
            }
            accepted.incrementAndGet();
            open.add(socket);
            threads.execute(() -> serve(socket));
        }
    }

    private void serve(Socket plain) {
        try (plain;
                Socket socket = secured(plain)) {
            socket.setTcpNoDelay(true);
            try {
                service.serve(this, socket);
            } finally {
                begun.remove(socket);
            }
        } catch (IOException e) {
            // A probe that only connects ends so, too.
            brokenOff.add(e);
        } catch (RuntimeException | Error e) {
            defects.add(e);
        } finally {
            open.remove(plain);
        }
    }

    private Socket secured(Socket plain) throws IOException {
        if (tls == null) {
            return plain;
        }
        SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(plain, null, true);
        socket.setUseClientMode(false);
        // HTTP/1.1 where the client can, else whatever it likes best: the tests of ALPN look at what comes of it.
        socket.setHandshakeApplicationProtocolSelector((accepting, offered) -> {
            if (offered.isEmpty() || offered.contains("http/1.1")) {
                return offered.isEmpty() ? "" : "http/1.1";
            }
            return offered.get(0);
        });
        long now = System.currentTimeMillis();
        socket.startHandshake();
        begun.put(socket, now);
        return socket;
    }

    /** Whether the client resumed a session: one that is older than the handshake. */
    boolean resumed(SSLSocket socket) {
        Long handshake = begun.get(socket);
        return handshake != null && socket.getSession().getCreationTime() < handshake;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public InetSocketAddress address() {
        return (InetSocketAddress) listening.getLocalSocketAddress();
    }

    /** Connections accepted so far, those of health probes included. */
    public long accepted() {
        return accepted.get();
    }

    /** Connections open now. */
    public int open() {
        return open.size();
    }

    /** How connections ended that did not end in order. */
    public List<IOException> brokenOff() {
        return brokenOff;
    }

    /** Refuses new connections and drops the open ones. */
    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
        threads.shutdownNow();
        if (!defects.isEmpty()) {
            AssertionError error = new AssertionError("the test's own server " + id + " failed");
            defects.forEach(error::addSuppressed);
            throw error;
        }
    }
}
