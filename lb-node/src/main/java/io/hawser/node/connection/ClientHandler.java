package io.hawser.node.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;

/** Hands the events of a client's socket to its {@link Connection}; decides nothing. */
final class ClientHandler extends ChannelInboundHandlerAdapter {

    static final String NAME = "client";

    private final Connection connection;
    private boolean failed;

    ClientHandler(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        connection.phase().onClientBytes((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        connection.phase().onClientReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        connection.phase().onClientWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        // A failed read is followed by this event too: only then it is a reset and not an end.
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            if (failed) {
                connection.phase().onClientReset();
            } else {
                connection.onClientEnd();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        connection.phase().onClientReset();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            failed = true;
            connection.phase().onClientOutputFailed();
        } else {
            connection.onDefect(cause);
        }
    }
}
