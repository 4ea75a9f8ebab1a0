package io.hawser.node.connection;

import io.hawser.node.stream.Stream;
import io.hawser.node.stream.StreamHandler;
import io.hawser.proxyprotocol.ProxyHeaderReader;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Keeps clients of TCP listeners that may not send a PROXY header from doing so, or they could pass for anybody at a
 * backend that believes this node.
 *
 * <p>It stands before the client's handler and leaves with the first bytes that can't become a header, however small
 * the segments are that they come in. Whoever begins like one and goes no further is refused when the time for
 * inspection is over: letting the beginning through then would let the rest through too.
 */
final class ForgedHeaderGuard implements StreamHandler {

    static final String WHY = "only accept-proxy-protocol-from may send a PROXY header";

    private final Connection connection;
    private final Stream client;
    private final StreamHandler next;
    private final Deadlines.Deadline undecided = new Deadlines.Deadline() {
        @Override
        void onDeadline(long nowNanos) {
            connection.refuse(
                    Ending.PROXY_HEADER_NOT_ALLOWED, "the client began like a PROXY header and went no further", null);
        }
    };

    private @Nullable ByteBuf received;

    /** Is told of the client from now on. */
    ForgedHeaderGuard(Connection connection, Stream client) {
        this.connection = connection;
        this.client = client;
        this.next = new ClientHandler(connection);
        client.setHandler(this);
    }

    @Override
    public void onBytes(ByteBuf bytes) {
        ByteBuf all = received == null ? bytes : Inspection.append(received, bytes);
        if (ProxyHeaderReader.looksLikeHeader(all)) {
            connection.refuse(Ending.PROXY_HEADER_NOT_ALLOWED, WHY, null);
        } else if (!ProxyHeaderReader.mayBecomeHeader(all)) {
            letThrough(all);
        } else if (received == null) {
            received = Inspection.append(null, bytes);
            Worker worker = connection.worker();
            worker.deadlines()
                    .set(undecided, worker.nanoTime() + connection.settings().inspectTimeoutNanos());
        }
    }

    @Override
    public void onEnd() {
        // The client will send no more: it was no header.
        ByteBuf all = received;
        if (all == null) {
            client.setHandler(next);
        } else {
            letThrough(all);
        }
        next.onEnd();
    }

    private void letThrough(ByteBuf all) {
        ByteBuf kept = received;
        received = null;
        release();
        client.setHandler(next);
        try {
            next.onBytes(all);
        } finally {
            ReferenceCountUtil.release(kept);
        }
    }

    /** The connection has no more need of it. */
    void release() {
        connection.worker().deadlines().cancel(undecided);
        if (received != null) {
            received.release();
            received = null;
        }
    }

    @Override
    public void onWritable() {
        next.onWritable();
    }

    @Override
    public void onFlushed() {
        next.onFlushed();
    }

    @Override
    public void onReset() {
        next.onReset();
    }

    @Override
    public void onOutputFailed() {
        next.onOutputFailed();
    }

    @Override
    public void onDefect(Throwable cause) {
        next.onDefect(cause);
    }
}
