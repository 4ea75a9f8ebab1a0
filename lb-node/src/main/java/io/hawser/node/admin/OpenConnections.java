package io.hawser.node.admin;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps the admin server's connections within their bound, and closes those that are left at the end. */
@ChannelHandler.Sharable
final class OpenConnections extends ChannelInboundHandlerAdapter {

    private final Set<Channel> open = ConcurrentHashMap.newKeySet();
    private final int max;
    private final Runnable onRefused;

    /** @param onRefused told of each connection beyond the bound */
    OpenConnections(int max, Runnable onRefused) {
        this.max = max;
        this.onRefused = onRefused;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (open.size() >= max) {
            onRefused.run();
            var unused = ctx.close();
            return;
        }
        Channel channel = ctx.channel();
        open.add(channel);
        channel.closeFuture().addListener(closed -> open.remove(channel));
        ctx.fireChannelActive();
    }

    int count() {
        return open.size();
    }

    void closeAll() {
        for (Channel channel : open) {
            var unused = channel.close();
        }
    }
}
