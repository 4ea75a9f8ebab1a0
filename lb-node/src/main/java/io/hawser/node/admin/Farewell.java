package io.hawser.node.admin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends a connection after its last answer: says so, and throws away what the client still sends, for a moment.
 *
 * <p>A close over bytes that nobody has read is a reset, and a reset takes the answer away from a client that has not
 * read it yet (RFC 9112, section 9.6).
 */
final class Farewell extends ChannelInboundHandlerAdapter {

    private static final long MILLIS = 1_000;

    private @Nullable ScheduledFuture<?> deadline;

    private Farewell() {}

    /** Begins; the channel is closed a second later at most. */
    static void to(Channel channel) {
        if (channel instanceof DuplexChannel duplex && !duplex.isInputShutdown()) {
            duplex.pipeline().addFirst("farewell", new Farewell());
            var unused = duplex.shutdownOutput();
            duplex.read();
        } else {
            var unused = channel.close();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        deadline = ctx.executor()
                .schedule(
                        () -> {
                            var unused = ctx.close();
                        },
                        MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.read();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            var unused = ctx.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ScheduledFuture<?> running = deadline;
        if (running != null) {
            running.cancel(false);
        }
        ctx.fireChannelInactive();
    }
}
