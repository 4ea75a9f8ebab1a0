package io.hawser.node.stream;

import io.hawser.node.transport.HandshakeFilter;
import io.hawser.node.transport.TcpInfo;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.NativeInetAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listening socket that epoll drives. What it sets for itself the accepted sockets inherit, so that none of them has
 * to be set up.
 */
final class EpollListenSocket implements ListenSocket, EpollIoHandle {

    private static final Logger log = LoggerFactory.getLogger(EpollListenSocket.class);

    /** IPV6_V6ONLY of linux/in6.h, at level IPPROTO_IPV6. */
    private static final int IPPROTO_IPV6 = 41;

    private static final int IPV6_V6ONLY = 26;

    /** Of linux/in.h and linux/in6.h: an address may be bound that the host doesn't have. */
    private static final int IPPROTO_IP = 0;

    private static final int IP_FREEBIND = 15;
    private static final int IPV6_FREEBIND = 78;

    private static final EpollIoOps ACCEPTING = EpollIoOps.EPOLLIN;
    /** Epoll tells of errors in any case; asking for nothing at all would remove the socket from it. */
    private static final EpollIoOps PAUSED = EpollIoOps.EPOLLERR;

    /** Connections taken before the others of the loop get their turn. */
    private static final int ACCEPTS_AT_ONCE = 16;

    private final EpollStreamLoop loop;
    private final LinuxSocket socket;
    private final InetSocketAddress address;
    private final AcceptHandler handler;
    /** As Netty's native code writes it: a byte that says how long, then at most 16 of address, 4 of scope, 4 of port. */
    private final byte[] peer = new byte[25];

    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    private @Nullable IoRegistration registration;
    private volatile boolean deaf;
    private boolean accepting;
    private int attempts = 1;
    private int worthwhile;

    private EpollListenSocket(EpollStreamLoop loop, LinuxSocket socket, AcceptHandler handler) {
        this.loop = loop;
        this.socket = socket;
        this.address = socket.localAddress();
        this.handler = handler;
    }

    static LinuxSocket newSocket(boolean ipv6) throws IOException {
        try {
            return LinuxSocket.newSocketStream(ipv6);
        } catch (ChannelException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
        }
    }

    static EpollListenSocket bind(
            EpollStreamLoop loop, InetSocketAddress address, ListenOptions options, AcceptHandler handler)
            throws IOException {
        LinuxSocket socket = newSocketFor(address, options.floating());
        try {
            socket.setReusePort(options.shared());
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            boolean deaf = HandshakeFilter.attach(socket);
            socket.bind(address);
            socket.listen(options.backlog());
            EpollListenSocket bound = new EpollListenSocket(loop, socket, handler);
            bound.deaf = deaf;
            bound.registration =
                    loop.eventLoop().register(bound).syncUninterruptibly().getNow();
            return bound;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    static void requireFree(InetSocketAddress address, boolean floating) throws IOException {
        LinuxSocket probe = newSocketFor(address, floating);
        try {
            probe.bind(address);
        } finally {
            probe.close();
        }
    }

    private static LinuxSocket newSocketFor(InetSocketAddress address, boolean floating) throws IOException {
        boolean ipv6 = address.getAddress() instanceof Inet6Address;
        LinuxSocket socket = newSocket(ipv6);
        try {
            socket.setReuseAddress(true);
            if (ipv6) {
                // Otherwise it would take the IPv4 connections too, of which another listener may be in charge.
                socket.setIntOpt(IPPROTO_IPV6, IPV6_V6ONLY, 1);
            }
            if (floating) {
                socket.setIntOpt(ipv6 ? IPPROTO_IPV6 : IPPROTO_IP, ipv6 ? IPV6_FREEBIND : IP_FREEBIND, 1);
            }
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public EventLoop eventLoop() {
        return loop.eventLoop();
    }

    @Override
    public void hear() {
        if (deaf) {
            deaf = false;
            try {
                HandshakeFilter.detach(socket);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public boolean deafen() {
        deaf = HandshakeFilter.attach(socket);
        return deaf;
    }

    @Override
    public @Nullable TcpInfo info() {
        return TcpInfo.of(socket);
    }

    @Override
    public void setAccepting(boolean accepting) {
        if (loop.eventLoop().inEventLoop()) {
            accept(accepting);
        } else {
            loop.eventLoop().execute(() -> accept(accepting));
        }
    }

    private void accept(boolean accept) {
        if (accept != accepting && registration != null && socket.isOpen()) {
            accepting = accept;
            registration.submit(accept ? ACCEPTING : PAUSED);
        }
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        try {
            // As many attempts as the last ones were worth: an attempt in vain costs as much as another event.
            for (int i = 0; i < attempts; i++) {
                if (!accepting) {
                    return;
                }
                int descriptor = socket.accept(peer);
                if (descriptor < 0) {
                    attempts = Math.max(1, i);
                    worthwhile = 0;
                    return;
                }
                handler.onAccepted(new EpollStream(
                        loop, new FileDescriptor(descriptor), NativeInetAddress.address(peer, 1, peer[0])));
            }
            worthwhile++;
            if (worthwhile == 4) {
                attempts = Math.min(ACCEPTS_AT_ONCE, attempts * 2);
                worthwhile = 0;
            }
        } catch (IOException | RuntimeException | Error e) {
            handler.onAcceptFailed(this, e);
        }
    }

    @Override
    public void close() {
        if (loop.eventLoop().inEventLoop()) {
            closeNow();
            return;
        }
        try {
            loop.eventLoop().execute(this::closeNow);
        } catch (RejectedExecutionException e) {
            // The loop has ended, and closed what was on it.
            closed.complete(null);
        }
        closed.join();
    }

    @Override
    public CompletableFuture<Void> closed() {
        return closed;
    }

    private void closeNow() {
        if (!socket.isOpen()) {
            return;
        }
        accepting = false;
        try {
            socket.close();
        } catch (IOException e) {
            log.warn("closing the socket that listens on {} failed: {}", address, e.getMessage());
        }
        if (registration != null) {
            registration.cancel();
        }
        closed.complete(null);
    }
}
