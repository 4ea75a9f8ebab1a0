package io.hawser.node.election;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * Takes connections for as long as this process lives, and says nothing: that they are refused once it is dead, and end,
 * is what others want to know.
 */
public final class LivenessPort implements AutoCloseable {

    /** More than any cluster has nodes; whoever comes beyond is closed. */
    private static final int MAX_CONNECTIONS = 256;

    private final Channel channel;

    private LivenessPort(Channel channel) {
        this.channel = channel;
    }

    /**
     * Opens it. Blocks for a moment: not for event loops.
     *
     * @param address port 0: any free one
     * @throws IOException saying what is in the way and what to do
     */
    public static LivenessPort open(
            EventLoopGroup group, ChannelFactory<? extends ServerChannel> transport, InetSocketAddress address)
            throws IOException {
        var bound = new ServerBootstrap()
                .group(group)
                .channelFactory(transport)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childHandler(new Counted())
                .bind(address)
                .awaitUninterruptibly();
        if (bound.cause() != null) {
            throw new IOException(
                    "cannot listen on " + NetUtil.toSocketAddressString(address)
                            + ", by which other nodes see that this one is alive: "
                            + bound.cause().getMessage() + "; give node.liveness-port a free one",
                    bound.cause());
        }
        return new LivenessPort(bound.channel());
    }

    /** Where it is, with the port that it got: {@code address:port}. */
    public String address() {
        return NetUtil.toSocketAddressString((InetSocketAddress) channel.localAddress());
    }

    /** Refuses from now on; does not wait. */
    @Override
    public void close() {
        var unused = channel.close();
    }

    /** On one event loop. */
    @Sharable
    private static final class Counted extends Mute {

        private int open;

        @Override
        public void channelActive(ChannelHandlerContext context) {
            open++;
            if (open > MAX_CONNECTIONS) {
                var unused = context.close();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            open--;
        }
    }
}
