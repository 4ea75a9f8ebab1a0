package io.hawser.node.connection;

import io.hawser.net.Endpoint;
import io.hawser.net.IpAddress;
import io.hawser.node.transport.HandshakeFilter;
import io.hawser.node.transport.TcpInfo;
import io.hawser.node.transport.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
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
 * <p>It begins and ends deaf to new handshakes, where the kernel can do that (see {@link HandshakeFilter}): nobody's
 * connection is completed by the kernel and then reset because it is not accepted any more, or not yet.
 */
final class ListeningSocket {

    private static final Logger log = LoggerFactory.getLogger(ListeningSocket.class);

    /** Between two looks at whether the queue is empty. */
    private static final long QUEUE_POLL_MILLIS = 5;

    /** For a queue that does not empty, since accepting is paused for want of descriptors, say. */
    private static final long QUEUE_PATIENCE_NANOS = 5_000_000_000L;

    /**
     * One kernel socket.
     *
     * @param deaf whether it was made deaf to handshakes before it was bound
     */
    private record LoopSocket(Channel channel, Acceptor acceptor, boolean deaf) {}

    private final Endpoint endpoint;
    private final List<LoopSocket> sockets = new ArrayList<>();
    private InetSocketAddress address;
    private volatile Listener listener;

    private ListeningSocket(Endpoint endpoint, Listener listener) {
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
     * @param shared whether this process has the port already: then others on it are no error
     * @throws ListenException when the address can't be had
     */
    static ListeningSocket bind(
            Endpoint endpoint,
            boolean shared,
            int backlog,
            Listener listener,
            List<Worker> workers,
            Transport transport)
            throws ListenException {
        ListeningSocket socket = new ListeningSocket(endpoint, listener);
        try {
            socket.open(shared, backlog, workers, transport);
            return socket;
            // Netty throws what the kernel said as it is, checked or not.
        } catch (Exception e) {
            socket.discard();
            String why = e instanceof UnresolvedAddressException
                    ? "no address is known for this host"
                    : String.valueOf(e.getMessage());
            throw new ListenException(
                    "listener " + listener.id() + " can't listen on " + endpoint + ": " + why + advice(why), e);
        }
    }

    private void open(boolean shared, int backlog, List<Worker> workers, Transport transport) {
        if (transport.reusePort() == null) {
            AtomicInteger turn = new AtomicInteger();
            Acceptor acceptor =
                    new Acceptor(listener, () -> workers.get(Math.floorMod(turn.getAndIncrement(), workers.size())));
            add(bind(address, backlog, acceptor, workers.get(0).loop(), transport));
            return;
        }
        if (!shared && address.getPort() != 0) {
            requireFree(address, workers.get(0).loop(), transport);
        }
        for (Worker worker : workers) {
            add(bind(address, backlog, new Acceptor(listener, () -> worker), worker.loop(), transport));
        }
    }

    private void add(LoopSocket socket) {
        sockets.add(socket);
        // The first one may have been given a free port by the kernel: the others share it.
        address = (InetSocketAddress) socket.channel().localAddress();
    }

    /** With SO_REUSEPORT a second node on this machine would get the port too, and half of the first one's clients. */
    private static void requireFree(InetSocketAddress address, EventLoop loop, Transport transport) {
        Channel probe = transport.channel().newChannel();
        try {
            prepare(probe, address, transport);
            loop.register(probe).syncUninterruptibly();
            probe.bind(address).syncUninterruptibly();
        } finally {
            discard(probe);
        }
    }

    private static LoopSocket bind(
            InetSocketAddress address, int backlog, Acceptor acceptor, EventLoop loop, Transport transport) {
        ServerChannel channel = transport.serverChannel().newChannel();
        boolean bound = false;
        try {
            channel.config().setAutoRead(false);
            channel.config().setOption(ChannelOption.SO_BACKLOG, backlog);
            prepare(channel, address, transport);
            if (transport.reusePort() != null) {
                channel.config().setOption(transport.reusePort(), true);
            }
            boolean deaf = HandshakeFilter.attach(channel);
            channel.pipeline().addLast(acceptor);
            loop.register(channel).syncUninterruptibly();
            channel.bind(address).syncUninterruptibly();
            bound = true;
            return new LoopSocket(channel, acceptor, deaf);
        } finally {
            if (!bound) {
                discard(channel);
            }
        }
    }

    private static void prepare(Channel channel, InetSocketAddress address, Transport transport) {
        channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
        if (transport.v6Only() != null && address.getAddress() instanceof Inet6Address) {
            // Otherwise it would take the IPv4 connections too, of which another listener may be in charge.
            channel.config().setOption(transport.v6Only(), 1);
        }
    }

    private static void discard(Channel channel) {
        if (channel.isRegistered()) {
            channel.close().awaitUninterruptibly();
        } else {
            channel.unsafe().closeForcibly();
        }
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
        for (LoopSocket socket : sockets) {
            if (socket.deaf()) {
                HandshakeFilter.detach(socket.channel());
            }
            socket.channel().config().setAutoRead(true);
        }
    }

    /** Closes what has not accepted yet. */
    void discard() {
        sockets.forEach(socket -> discard(socket.channel()));
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
                .map(socket -> new Closing(socket, HandshakeFilter.attach(socket.channel()), graceNanos))
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
            var unused = socket.channel().eventLoop().schedule(this, deaf ? graceNanos : 0, TimeUnit.NANOSECONDS);
        }

        @Override
        public void run() {
            TcpInfo info = TcpInfo.of(socket.channel());
            long accepted = socket.acceptor().accepted();
            boolean waiting = info == null ? accepted != acceptedBefore : info.unacknowledged() > 0;
            if (acceptedBefore < 0) {
                giveUpNanos = System.nanoTime() + (deaf ? QUEUE_PATIENCE_NANOS : graceNanos);
            }
            acceptedBefore = accepted;
            if (waiting && System.nanoTime() - giveUpNanos < 0) {
                var unused = socket.channel().eventLoop().schedule(this, QUEUE_POLL_MILLIS, TimeUnit.MILLISECONDS);
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
            socket.channel().close().addListener(done -> closed.complete(null));
        }
    }
}
