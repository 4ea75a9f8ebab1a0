package io.hawser.node.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;

/** Hands the events of one socket to a backend to its {@link Relay}; decides nothing. */
final class BackendHandler extends ChannelInboundHandlerAdapter {

    static final String NAME = "backend";

    private final Relay relay;
    private boolean failed;

    BackendHandler(Relay relay) {
        this.relay = relay;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        relay.onBackendBytes((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        relay.onBackendReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        relay.onBackendWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        // A failed read is followed by this event too: only then it is a reset and not an end.
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            if (failed) {
                relay.onBackendReset();
            } else {
                relay.onBackendEnd();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        relay.onBackendReset();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            failed = true;
            relay.onBackendOutputFailed();
        } else {
            relay.onDefect(cause);
        }
    }
}
