package io.hawser.node.probe;

import io.hawser.node.probe.ProbeSettings.ProxyHeaderVersion;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Sends a PROXY protocol header as soon as the connection is made; stands before whoever sends something then. */
final class ProxyHeaderSender extends ChannelInboundHandlerAdapter {

    /** A line of version 1, or the fixed part of version 2. */
    private static final int HEADER_BYTES = 16;

    private final ProxyHeaderVersion version;

    ProxyHeaderSender(ProxyHeaderVersion version) {
        this.version = version;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (version != ProxyHeaderVersion.NONE) {
            ByteBuf header = context.alloc().buffer(HEADER_BYTES);
            version.writeTo(header);
            context.writeAndFlush(header).addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
        }
        context.fireChannelActive();
    }
}
