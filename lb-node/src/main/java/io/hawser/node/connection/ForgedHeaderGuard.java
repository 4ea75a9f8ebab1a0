package io.hawser.node.connection;

import io.hawser.proxyprotocol.ProxyHeaderReader;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import org.jspecify.annotations.Nullable;

/**
 * Keeps clients of TCP listeners that may not send a PROXY header from doing so, or they could pass for anybody at a
 * backend that believes this node.
 *
 * <p>It stands before the client's handler and leaves with the first bytes that can't become a header, however small
 * the segments are that they come in. Whoever begins like one and goes no further is refused when the time for
 * inspection is over: letting the beginning through then would let the rest through too.
 */
final class ForgedHeaderGuard extends ChannelInboundHandlerAdapter {

    static final String NAME = "forged-header-guard";
    static final String WHY = "only accept-proxy-protocol-from may send a PROXY header";

    private final Connection connection;
    private final Deadlines.Deadline undecided = new Deadlines.Deadline() {
        @Override
        void onDeadline(long nowNanos) {
            connection.refuse(
                    Ending.PROXY_HEADER_NOT_ALLOWED, "the client began like a PROXY header and went no further", null);
        }
    };

    private @Nullable ByteBuf received;

    ForgedHeaderGuard(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        boolean first = received == null;
        ByteBuf all = Inspection.append(received, (ByteBuf) message);
        received = all;
        if (ProxyHeaderReader.looksLikeHeader(all)) {
            connection.refuse(Ending.PROXY_HEADER_NOT_ALLOWED, WHY, null);
        } else if (!ProxyHeaderReader.mayBecomeHeader(all)) {
            letThrough(context);
        } else if (first) {
            Worker worker = connection.worker();
            worker.deadlines()
                    .set(undecided, worker.nanoTime() + connection.settings().inspectTimeoutNanos());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            // The client will send no more: it was no header.
            letThrough(context);
        }
        context.fireUserEventTriggered(event);
    }

    private void letThrough(ChannelHandlerContext context) {
        ByteBuf bytes = received;
        received = null;
        if (bytes != null) {
            context.fireChannelRead(bytes);
            context.fireChannelReadComplete();
        }
        context.pipeline().remove(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        connection.worker().deadlines().cancel(undecided);
        if (received != null) {
            received.release();
            received = null;
        }
    }
}
