package io.hawser.node.connection;

import io.hawser.net.Endpoint;
import io.hawser.net.IpAddress;
import io.hawser.node.transport.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One bound address of a listener: a socket for each event loop, among which the kernel spreads the connections, or
 * one socket whose connections go round the loops where the kernel can't.
 */
final class ListeningSocket {

    private final Listener listener;
    private final List<Channel> channels;
    private final InetSocketAddress address;

    private ListeningSocket(Listener listener, List<Channel> channels) {
        this.listener = listener;
        this.channels = channels;
        this.address = (InetSocketAddress) channels.get(0).localAddress();
    }

    /**
     * Binds, without accepting yet.
     *
     * @throws ListenException when the address can't be had
     */
    static ListeningSocket bind(
            Endpoint endpoint, int backlog, Listener listener, List<Worker> workers, Transport transport)
            throws ListenException {
        IpAddress host = IpAddress.tryParse(endpoint.host());
        InetSocketAddress address = host == null
                ? new InetSocketAddress(endpoint.host(), endpoint.port())
                : new InetSocketAddress(host.toInetAddress(), endpoint.port());
        List<Channel> channels = new ArrayList<>();
        try {
            if (transport.reusePort() == null) {
                AtomicInteger turn = new AtomicInteger();
                Acceptor acceptor = new Acceptor(
                        listener, () -> workers.get(Math.floorMod(turn.getAndIncrement(), workers.size())));
                channels.add(bind(address, backlog, acceptor, workers.get(0).loop(), transport));
            } else {
                for (Worker worker : workers) {
                    channels.add(
                            bind(address, backlog, new Acceptor(listener, () -> worker), worker.loop(), transport));
                    // The first one may have been given a free port by the kernel: the others share it.
                    address = (InetSocketAddress) channels.get(0).localAddress();
                }
            }
            return new ListeningSocket(listener, channels);
        } catch (IOException | RuntimeException e) {
            channels.forEach(channel -> channel.close().awaitUninterruptibly());
            throw new ListenException(
                    "listener " + listener.id() + " can't listen on " + endpoint + ": " + e.getMessage() + advice(e),
                    e);
        }
    }

    private static String advice(Exception e) {
        String why = String.valueOf(e.getMessage());
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

    private static Channel bind(
            InetSocketAddress address, int backlog, Acceptor acceptor, EventLoop loop, Transport transport)
            throws IOException {
        ServerChannel channel = transport.serverChannel().newChannel();
        channel.config().setAutoRead(false);
        channel.config().setOption(ChannelOption.SO_REUSEADDR, true);
        channel.config().setOption(ChannelOption.SO_BACKLOG, backlog);
        if (transport.reusePort() != null) {
            channel.config().setOption(transport.reusePort(), true);
        }
        if (transport.v6Only() != null && address.getAddress() instanceof Inet6Address) {
            // Otherwise it would take the IPv4 connections too, of which another listener may be in charge.
            channel.config().setOption(transport.v6Only(), 1);
        }
        channel.pipeline().addLast(acceptor);
        require(loop.register(channel), channel);
        require(channel.bind(address), channel);
        return channel;
    }

    private static void require(ChannelFuture step, Channel channel) throws IOException {
        // Netty's sync would throw the cause as it is: an IOException that no signature tells of.
        if (!step.awaitUninterruptibly().isSuccess()) {
            channel.close().awaitUninterruptibly();
            throw new IOException(
                    step.cause() instanceof UnresolvedAddressException
                            ? "no address is known for this host"
                            : String.valueOf(step.cause().getMessage()),
                    step.cause());
        }
    }

    Listener listener() {
        return listener;
    }

    /** Where it is bound; with the port that the kernel gave. */
    InetSocketAddress address() {
        return address;
    }

    void accept() {
        channels.forEach(channel -> channel.config().setAutoRead(true));
    }

    /** Closes it; returns when the kernel accepts no more. */
    void close() {
        channels.forEach(channel -> channel.close().syncUninterruptibly());
    }
}
