package io.hawser.node.probe;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/**
 * Bounds what a backend may send in one probe, counted on the wire, the TLS handshake included.
 *
 * <p>It stands first, so that nothing behind it works on more than that.
 */
final class AnswerLimit extends ChannelInboundHandlerAdapter {
    private final int most;
    private final Runnable exceeded;
    private long seen;

    AnswerLimit(int most, Runnable exceeded) {
        this.most = most;
        this.exceeded = exceeded;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        seen += ((ByteBuf) message).readableBytes();
        if (seen <= most) {
            ctx.fireChannelRead(message);
            return;
        }
        ReferenceCountUtil.release(message);
        exceeded.run();
    }
}
