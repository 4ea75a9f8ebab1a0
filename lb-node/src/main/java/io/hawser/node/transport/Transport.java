package io.hawser.node.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.net.StandardSocketOptions;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How sockets are driven: which channels and which I/O handler go together.
 *
 * @param kind which one it is; never {@code AUTO}
 * @param name as logs and {@code lbctl status} write it
 * @param ioHandler drives one event loop
 * @param serverChannel makes listening sockets
 * @param channel makes sockets that connect
 * @param reusePort lets several sockets listen on one port, the kernel spreading connections over them; null where
 *     that is not to be had
 * @param v6Only keeps an IPv6 socket from taking IPv4 connections; null where that is not to be had
 * @param freeBind lets a socket be bound to an address that the host doesn't have; null where that is not to be had
 */
public record Transport(
        Choice kind,
        String name,
        Supplier<IoHandlerFactory> ioHandler,
        ChannelFactory<? extends ServerChannel> serverChannel,
        ChannelFactory<? extends Channel> channel,
        @Nullable ChannelOption<Boolean> reusePort,
        @Nullable ChannelOption<Integer> v6Only,
        @Nullable ChannelOption<Integer> freeBind) {

    /** IPV6_V6ONLY of linux/in6.h, at level IPPROTO_IPV6. */
    private static final ChannelOption<Integer> V6_ONLY = new IntegerUnixChannelOption("IPV6_V6ONLY", 41, 26);

    /** IP_FREEBIND of linux/in.h, at level IPPROTO_IP; IPv6 sockets heed it as well. */
    private static final ChannelOption<Integer> FREE_BIND = new IntegerUnixChannelOption("IP_FREEBIND", 0, 15);

    /** The transports that an operator can name. */
    public enum Choice {
        AUTO,
        EPOLL,
        IO_URING,
        NIO
    }

    /**
     * The transport asked for; {@code AUTO} takes epoll where it works, else NIO.
     *
     * @throws IllegalStateException saying why this machine can't have the one that was asked for by name
     */
    public static Transport of(Choice choice) {
        return switch (choice) {
            case AUTO -> Epoll.isAvailable() ? epoll() : nio();
            case EPOLL -> {
                require("epoll", Epoll.isAvailable(), Epoll.unavailabilityCause());
                yield epoll();
            }
            case IO_URING -> {
                require("io_uring", IoUring.isAvailable(), IoUring.unavailabilityCause());
                yield ioUring();
            }
            case NIO -> nio();
        };
    }

    private static void require(String name, boolean available, @Nullable Throwable cause) {
        if (!available) {
            Throwable root = cause;
            while (root != null && root.getCause() != null) {
                root = root.getCause();
            }
            throw new IllegalStateException(
                    "node.transport is " + name + ", which this machine does not have"
                            + (root == null ? "" : " (" + root.getMessage() + ")") + "; set it to auto",
                    cause);
        }
    }

    private static Transport epoll() {
        return new Transport(
                Choice.EPOLL,
                "epoll",
                EpollIoHandler::newFactory,
                EpollServerSocketChannel::new,
                EpollSocketChannel::new,
                UnixChannelOption.SO_REUSEPORT,
                V6_ONLY,
                FREE_BIND);
    }

    private static Transport ioUring() {
        return new Transport(
                Choice.IO_URING,
                "io_uring",
                IoUringIoHandler::newFactory,
                IoUringServerSocketChannel::new,
                IoUringSocketChannel::new,
                UnixChannelOption.SO_REUSEPORT,
                V6_ONLY,
                FREE_BIND);
    }

    private static Transport nio() {
        NioServerSocketChannel probe = new NioServerSocketChannel();
        try {
            ChannelOption<Boolean> reusePort = NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT);
            boolean supported = probe.config().getOptions().containsKey(reusePort);
            return new Transport(
                    Choice.NIO,
                    "nio",
                    NioIoHandler::newFactory,
                    NioServerSocketChannel::new,
                    NioSocketChannel::new,
                    supported ? reusePort : null,
                    null,
                    null);
        } finally {
            probe.unsafe().closeForcibly();
        }
    }
}
