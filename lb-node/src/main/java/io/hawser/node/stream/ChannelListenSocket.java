package io.hawser.node.stream;

import io.hawser.node.transport.HandshakeFilter;
import io.hawser.node.transport.TcpInfo;
import io.hawser.node.transport.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.channels.NotYetConnectedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening socket that is a channel of Netty's. */
final class ChannelListenSocket extends ChannelInboundHandlerAdapter implements ListenSocket {

    private static final Logger log = LoggerFactory.getLogger(ChannelListenSocket.class);

    private final EventLoop loop;
    private final Channel channel;
    private final AcceptHandler handler;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private volatile boolean deaf;
    private boolean closing;

    private ChannelListenSocket(EventLoop loop, Channel channel, AcceptHandler handler) {
        this.loop = loop;
        this.channel = channel;
        this.handler = handler;
    }

    static ChannelListenSocket bind(
            Transport transport,
            EventLoop loop,
            InetSocketAddress address,
            ListenOptions options,
            AcceptHandler handler)
            throws IOException {
        Channel channel = newChannel(transport.serverChannel());
        ChannelListenSocket socket = new ChannelListenSocket(loop, channel, handler);
        try {
            channel.config().setAutoRead(false);
            channel.config().setOption(ChannelOption.SO_BACKLOG, options.backlog());
            if (transport.reusePort() != null) {
                channel.config().setOption(transport.reusePort(), options.shared());
            }
            socket.deaf = HandshakeFilter.attach(channel);
            channel.pipeline().addLast(socket);
            bind(transport, loop, channel, address, options.floating());
            return socket;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    static void requireFree(Transport transport, EventLoop loop, InetSocketAddress address, boolean floating)
            throws IOException {
        Channel probe = newChannel(transport.channel());
        try {
            bind(transport, loop, probe, address, floating);
        } finally {
            close(probe);
        }
    }

    static <T extends Channel> T newChannel(ChannelFactory<T> factory) throws IOException {
        try {
            return factory.newChannel();
        } catch (ChannelException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            throw root instanceof IOException cause ? cause : new IOException(root.getMessage(), e);
        }
    }

    private static void bind(
            Transport transport, EventLoop loop, Channel channel, InetSocketAddress address, boolean floating)
            throws IOException {
        channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
        if (transport.v6Only() != null && address.getAddress() instanceof Inet6Address) {
            // Otherwise it would take the IPv4 connections too, of which another listener may be in charge.
            channel.config().setOption(transport.v6Only(), 1);
        }
        if (floating && transport.freeBind() != null) {
            channel.config().setOption(transport.freeBind(), 1);
        }
        require(loop.register(channel));
        require(channel.bind(address));
    }

    private static void require(ChannelFuture step) throws IOException {
        // Netty's sync would throw the cause as it is: an IOException that no signature tells of.
        Throwable failure = step.awaitUninterruptibly().cause();
        if (failure != null) {
            throw failure instanceof IOException cause ? cause : new IOException(failure.getMessage(), failure);
        }
    }

    @Override
    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    @Override
    public EventLoop eventLoop() {
        return loop;
    }

    @Override
    public void hear() {
        if (deaf) {
            deaf = false;
            HandshakeFilter.detach(channel);
        }
    }

    @Override
    public boolean deafen() {
        deaf = HandshakeFilter.attach(channel);
        return deaf;
    }

    @Override
    public @Nullable TcpInfo info() {
        return TcpInfo.of(channel);
    }

    @Override
    public void setAccepting(boolean accepting) {
        if (channel.isOpen()) {
            channel.config().setAutoRead(accepting);
        }
    }

    @Override
    public void close() {
        if (loop.inEventLoop()) {
            closeNow();
            return;
        }
        try {
            loop.execute(this::closeNow);
        } catch (RejectedExecutionException e) {
            // The loop has ended, and closed what was on it.
            channel.unsafe().closeForcibly();
            closed.complete(null);
        }
        closed.join();
    }

    private void closeNow() {
        if (closing) {
            return;
        }
        closing = true;
        if (channel instanceof UnixChannel unix && unix.fd() instanceof Socket socket) {
            // To io_uring a close is only handed over, to be done some time later; this ends the listening now.
            channel.config().setAutoRead(false);
            try {
                socket.shutdown(true, false);
            } catch (IOException | NotYetConnectedException e) {
                // Netty's exception for a socket that does not listen, because it could not be bound.
                log.debug("{} could not be shut down: {}", channel, e.toString());
            }
        }
        close(channel);
        // The JDK closes a channel that has a selector at the beginning of the selector's next turn. What is scheduled
        // in a turn, even for now, comes after the next one's beginning; or is cancelled, when the loop ends.
        loop.schedule(() -> {}, 0, TimeUnit.NANOSECONDS).addListener(nextTurn -> closed.complete(null));
    }

    @Override
    public CompletableFuture<Void> closed() {
        return closed;
    }

    private static void close(Channel channel) {
        if (!channel.isRegistered()) {
            channel.unsafe().closeForcibly();
        } else if (channel.eventLoop().inEventLoop()) {
            var unused = channel.close();
        } else {
            channel.close().awaitUninterruptibly();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        handler.onAccepted(new ChannelStream(loop, (Channel) message));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!closing) {
            handler.onAcceptFailed(this, cause);
        }
    }
}
