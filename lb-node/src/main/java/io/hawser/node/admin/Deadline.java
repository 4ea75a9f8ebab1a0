package io.hawser.node.admin;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection on which no whole request or answer has passed for a time: one that is idle, one that sends or
 * reads byte by byte. Stands behind the aggregator, so that single bytes buy no time.
 */
final class Deadline extends ChannelDuplexHandler {

    private final long millis;
    private @Nullable ScheduledFuture<?> timer;

    Deadline(long millis) {
        this.millis = millis;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        restart(ctx);
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        restart(ctx);
        ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        restart(ctx);
        ctx.write(message, promise.unvoid()).addListener(written -> {
            if (ctx.channel().isActive()) {
                restart(ctx);
            }
        });
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        stop();
        ctx.fireChannelInactive();
    }

    private void restart(ChannelHandlerContext ctx) {
        stop();
        timer = ctx.executor()
                .schedule(
                        () -> {
                            var unused = ctx.close();
                        },
                        millis,
                        TimeUnit.MILLISECONDS);
    }

    private void stop() {
        ScheduledFuture<?> running = timer;
        if (running != null) {
            running.cancel(false);
        }
    }
}
