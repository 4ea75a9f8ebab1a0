package io.hawser.node.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;

/** Hands the events of a client's socket to its {@link Connection}; decides nothing. */
final class ClientHandler extends ChannelInboundHandlerAdapter {

    private final Connection connection;
    private boolean failed;

    ClientHandler(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        connection.onClientBytes((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        connection.onClientReadComplete();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        connection.onClientWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        // A failed read is followed by this event too: only then it is a reset and not an end.
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            if (failed) {
                connection.onClientReset();
            } else {
                connection.onClientEnd();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        connection.onClientReset();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            failed = true;
        } else {
            connection.onDefect(cause);
        }
    }
}
