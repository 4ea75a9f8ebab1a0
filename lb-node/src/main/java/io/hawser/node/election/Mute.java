package io.hawser.node.election;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/** One end of a connection over which nothing is said: what comes is dropped, what goes wrong ends it. */
abstract class Mute extends ChannelInboundHandlerAdapter {

    @Override
    public final void channelRead(ChannelHandlerContext context, Object message) {
        ReferenceCountUtil.release(message);
    }

    /** The other side is gone, or never was a node. */
    @Override
    public final void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        var unused = context.close();
    }
}
