package io.hawser.node.connection;

import io.hawser.net.Endpoint;
import io.hawser.net.IpAddress;
import io.hawser.node.stream.ListenOptions;
import io.hawser.node.stream.ListenSocket;
import io.hawser.node.stream.StreamLoop;
import io.hawser.node.transport.TcpInfo;
import io.hawser.node.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One bound address of a listener: a socket for each event loop, among which the kernel spreads the connections, or
 * one socket whose connections go round the loops where the kernel can't.
 *
 * <p>It begins and ends deaf to new handshakes, where the kernel can do that (see {@link ListenSocket#deafen}): nobody's
 * connection is completed by the kernel and then reset because it is not accepted any more, or not yet.
 */
final class ListeningSocket {

    private static final Logger log = LoggerFactory.getLogger(ListeningSocket.class);

    /** Between two looks at whether the queue is empty. */
    private static final long QUEUE_POLL_MILLIS = 5;

    /** For a queue that does not empty, since accepting is paused for want of descriptors, say. */
    private static final long QUEUE_PATIENCE_NANOS = 5_000_000_000L;

    private record LoopSocket(ListenSocket socket, Acceptor acceptor) {}

    private final Endpoint endpoint;
    private final List<LoopSocket> sockets = new ArrayList<>();
    private InetSocketAddress address;
    private final boolean floating;
    private volatile Listener listener;

    private ListeningSocket(Endpoint endpoint, Listener listener, boolean floating) {
        this.floating = floating;
        this.endpoint = endpoint;
        this.listener = listener;
        IpAddress host = IpAddress.tryParse(endpoint.host());
        this.address = host == null
                ? new InetSocketAddress(endpoint.host(), endpoint.port())
                : new InetSocketAddress(host.toInetAddress(), endpoint.port());
    }

    /**
     * Binds, without accepting yet.
     *
     * @param options shared: whether this process has the port already; then others on it are no error
     * @throws ListenException when the address can't be had
     */
    static ListeningSocket bind(
            Endpoint endpoint, ListenOptions options, Listener listener, List<Worker> workers, Transport transport)
            throws ListenException {
        ListeningSocket socket = new ListeningSocket(endpoint, listener, options.floating());
        try {
            socket.open(options, workers, transport);
            return socket;
        } catch (IOException e) {
            socket.discard();
            String why = String.valueOf(e.getMessage());
            throw new ListenException(
                    "listener " + listener.id() + " can't listen on " + endpoint + ": " + why + advice(why), e);
        }
    }

    private void open(ListenOptions options, List<Worker> workers, Transport transport) throws IOException {
        if (address.isUnresolved()) {
            throw new IOException("no address is known for this host");
        }
        StreamLoop first = workers.get(0).streams();
        if (transport.reusePort() == null) {
            AtomicInteger turn = new AtomicInteger();
            Acceptor acceptor =
                    new Acceptor(listener, () -> workers.get(Math.floorMod(turn.getAndIncrement(), workers.size())));
            add(first.listen(address, new ListenOptions(options.backlog(), false, floating), acceptor), acceptor);
            return;
        }
        if (!options.shared() && address.getPort() != 0) {
            // With SO_REUSEPORT a second node on this machine would get the port too, and half of the first one's
            // clients.
            first.requireFree(address, floating);
        }
        for (Worker worker : workers) {
            Acceptor acceptor = new Acceptor(listener, () -> worker);
            add(
                    worker.streams().listen(address, new ListenOptions(options.backlog(), true, floating), acceptor),
                    acceptor);
        }
    }

    private void add(ListenSocket socket, Acceptor acceptor) {
        sockets.add(new LoopSocket(socket, acceptor));
        // The first one may have been given a free port by the kernel: the others share it.
        address = socket.address();
    }

    private static String advice(String why) {
        if (why.contains("in use")) {
            return "; stop what listens there, or choose another port";
        }
        if (why.contains("denied")) {
            return "; ports below 1024 need root or CAP_NET_BIND_SERVICE";
        }
        if (why.contains("Cannot assign")) {
            return "; this machine does not have that address";
        }
        return "";
    }

    boolean isFloating() {
        return floating;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    Listener listener() {
        return listener;
    }

    /** Where it is bound; with the port that the kernel gave. */
    InetSocketAddress address() {
        return address;
    }

    /** Connections that come from now on are that listener's. */
    void serve(Listener next) {
        listener = next;
        sockets.forEach(socket -> socket.acceptor().serve(next));
    }

    void accept() {
        sockets.forEach(socket -> {
            socket.socket().hear();
            socket.socket().setAccepting(true);
        });
    }

    /** Closes what has not accepted yet. */
    void discard() {
        sockets.forEach(socket -> socket.socket().close());
    }

    /**
     * Ends it: takes no new handshakes, accepts what is under way, and then closes.
     *
     * @param graceNanos how long handshakes under way may take
     * @return completes when the kernel accepts no more
     */
    CompletableFuture<?> close(long graceNanos) {
        // All of them first: a handshake must not find one that still hears, and is closed the next moment.
        List<Closing> closing = sockets.stream()
                .map(socket -> new Closing(socket, socket.socket().deafen(), graceNanos))
                .toList();
        closing.forEach(Closing::begin);
        return CompletableFuture.allOf(closing.stream().map(Closing::closed).toArray(CompletableFuture<?>[]::new));
    }

    /** The end of one kernel socket, on its event loop. */
    private final class Closing implements Runnable {

        private final LoopSocket socket;
        private final boolean deaf;
        private final long graceNanos;
        private final CompletableFuture<Void> closed = new CompletableFuture<>();
        private long giveUpNanos;
        /** At the last look; below 0 before the first. */
        private long acceptedBefore = -1;

        Closing(LoopSocket socket, boolean deaf, long graceNanos) {
            this.socket = socket;
            this.deaf = deaf;
            this.graceNanos = graceNanos;
        }

        CompletableFuture<Void> closed() {
            return closed;
        }

        void begin() {
            acceptedBefore = -1;
            // Without the filter new handshakes come for as long as it is open: then it is closed as soon as nobody
            // seems to wait, or the grace is over.
            giveUpNanos = System.nanoTime() + (deaf ? graceNanos + QUEUE_PATIENCE_NANOS : graceNanos);
            var unused = socket.socket().eventLoop().schedule(this, deaf ? graceNanos : 0, TimeUnit.NANOSECONDS);
        }

        @Override
        public void run() {
            TcpInfo info = socket.socket().info();
            long accepted = socket.acceptor().accepted();
            boolean waiting = info == null ? accepted != acceptedBefore : info.unacknowledged() > 0;
            if (acceptedBefore < 0) {
                giveUpNanos = System.nanoTime() + (deaf ? QUEUE_PATIENCE_NANOS : graceNanos);
            }
            acceptedBefore = accepted;
            if (waiting && System.nanoTime() - giveUpNanos < 0) {
                var unused = socket.socket().eventLoop().schedule(this, QUEUE_POLL_MILLIS, TimeUnit.MILLISECONDS);
                return;
            }
            if (waiting && info != null) {
                log.warn(
                        "listener {} closes {} with {} connections in its queue, which are reset: they were not"
                                + " accepted in time",
                        listener.id(),
                        endpoint,
                        info.unacknowledged());
            }
            var unused = socket.socket().closed().thenRun(() -> closed.complete(null));
            socket.socket().close();
        }
    }
}
