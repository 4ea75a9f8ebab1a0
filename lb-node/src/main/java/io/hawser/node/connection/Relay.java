package io.hawser.node.connection;

import io.hawser.node.metrics.PoolMetrics;
import io.hawser.node.pool.PoolSettings;
import io.hawser.node.pool.Target;
import io.hawser.node.stream.Stream;
import io.hawser.node.transport.TcpInfo;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Carries bytes both ways between a client and its backend, as they came: whole, in order, with back-pressure, and
 * each direction's end by itself. When a side resets, the other gets what is under way to it, and then a reset.
 *
 * <p>A side is read only while the other side takes what was read, so a connection holds no more than one read in each
 * direction, and nothing at all while both sides keep up.
 */
final class Relay extends Phase {

    /** How long a peer may take nothing of what is under way to it before it is reset as the other one was. */
    private static final long STALLED_NANOS = 10_000_000_000L;

    private final Connection connection;
    private final Stream client;
    private final Stream backend;
    private final Account account;
    private final Target target;
    private final PoolMetrics poolMetrics;
    private final long idleTimeoutNanos;
    private final Deadlines deadlines;
    /** Looks at what the backend sends until it knows the session; null from then on. */
    private @Nullable SessionWatch watch;

    private boolean opened;
    /** The client has sent all that it will. */
    private boolean clientEnded;

    private boolean backendEnded;
    /** The client has been given all that the backend sent, and its end. */
    private boolean toClientEnded;

    private boolean toBackendEnded;
    /** Which side has reset, while the other still gets what is under way to it. */
    private @Nullable Ending resetBy;

    /**
     * A relay.
     *
     * @param watch is shown what the backend sends until it has seen enough; null when nobody wants to
     */
    Relay(
            Connection connection,
            Stream backend,
            Target target,
            PoolMetrics poolMetrics,
            PoolSettings settings,
            @Nullable SessionWatch watch) {
        this.watch = watch;
        this.connection = connection;
        this.client = connection.client();
        this.backend = backend;
        this.account = connection.account();
        this.target = target;
        this.poolMetrics = poolMetrics;
        this.idleTimeoutNanos = settings.idleTimeoutNanos();
        this.deadlines = connection.worker().deadlines();
    }

    @Override
    String label() {
        return resetBy == null ? "relay" : "reset";
    }

    /**
     * Sends what came before the backend was there.
     *
     * @param header goes first, and is released; null when the backend wants none
     * @param received what the client has sent so far, and is released; null when nothing
     * @param ended whether the client has sent all that it will
     */
    void start(@Nullable ByteBuf header, @Nullable ByteBuf received, boolean ended) {
        opened = true;
        poolMetrics.opened();
        target.metrics().opened();
        account.active(deadlines.nowNanos());
        connection.setDeadlineIn(idleTimeoutNanos);
        backend.setHandler(new BackendHandler(this));
        try {
            // It was stopped if it sent a lot while it waited.
            client.resumeReading();
            if (header != null && received != null) {
                // In one segment, as a backend expects that reads the header and looks for the hello behind it.
                count(received);
                send(header.writeBytes(received));
            } else if (header != null) {
                send(header);
            } else if (received != null) {
                onClientBytes(received);
            }
        } finally {
            ReferenceCountUtil.release(header);
            ReferenceCountUtil.release(received);
        }
        if (ended) {
            onClientEnd();
        }
    }

    // From the client to the backend.

    @Override
    void onClientBytes(ByteBuf bytes) {
        if (resetBy == null) {
            count(bytes);
            send(bytes);
        }
    }

    private void count(ByteBuf fromClient) {
        int length = fromClient.readableBytes();
        account.fromClient(length);
        target.metrics().in(length);
        account.active(deadlines.nowNanos());
    }

    private void send(ByteBuf bytes) {
        backend.write(bytes);
        if (!backend.isWritable()) {
            client.pauseReading();
        }
    }

    void onBackendWritable() {
        if (resetBy == null) {
            account.active(deadlines.nowNanos());
            client.resumeReading();
        }
    }

    @Override
    void onClientEnd() {
        if (!clientEnded && resetBy == null) {
            clientEnded = true;
            // Behind the bytes that are still on their way.
            backend.awaitFlush();
        }
    }

    void onBackendFlushed() {
        toBackendEnded = true;
        endOutput(backend, backendEnded);
    }

    void onBackendOutputFailed() {
        // What the backend sent before it went is still to be read, and behind it is the reset. When it had sent its
        // end before there is nothing more to read, and nobody else would tell; and what is under way to it after the
        // client's reset will never arrive.
        if (backendEnded || resetBy != null) {
            onBackendReset();
        }
    }

    void onBackendReset() {
        if (!toBackendEnded || !backendEnded) {
            onReset(Ending.BACKEND_RESET, backend, client);
        }
    }

    // From the backend to the client.

    void onBackendBytes(ByteBuf bytes) {
        if (resetBy != null) {
            return;
        }
        if (watch != null && watch.see(bytes, connection.worker().nowMillis())) {
            watch = null;
        }
        int length = bytes.readableBytes();
        account.fromBackend(length);
        target.metrics().out(length);
        account.active(deadlines.nowNanos());
        client.write(bytes);
        if (!client.isWritable()) {
            backend.pauseReading();
        }
    }

    @Override
    void onClientWritable() {
        if (resetBy == null) {
            account.active(deadlines.nowNanos());
            backend.resumeReading();
        }
    }

    void onBackendEnd() {
        if (!backendEnded && resetBy == null) {
            backendEnded = true;
            client.awaitFlush();
        }
    }

    @Override
    void onClientFlushed() {
        toClientEnded = true;
        endOutput(client, clientEnded);
    }

    @Override
    void onClientOutputFailed() {
        if (clientEnded || resetBy != null) {
            onClientReset();
        }
    }

    @Override
    void onClientReset() {
        if (!toClientEnded || !clientEnded) {
            onReset(Ending.CLIENT_RESET, client, backend);
        }
    }

    // The end.

    /**
     * One direction is over.
     *
     * @param inputEnded whether the other direction of the same socket is over too
     */
    private void endOutput(Stream to, boolean inputEnded) {
        if (resetBy != null) {
            return;
        }
        if (toClientEnded && toBackendEnded) {
            connection.finish(Ending.DONE, false);
        } else if (inputEnded) {
            // Nothing more will happen on it: no need to hold its descriptor until the other one is done.
            to.close(false);
        } else {
            to.shutdownOutput();
        }
    }

    private void onReset(Ending by, Stream gone, Stream other) {
        if (resetBy == null) {
            resetBy = by;
            gone.close(false);
            other.pauseReading();
            resetWhenDelivered(other);
        } else {
            // Now the other one is gone as well.
            connection.finish(resetBy, true);
        }
    }

    /**
     * A reset makes the kernel throw away what it has not sent yet. Of a peer that resets, everything arrives that it
     * sent long enough before; so it must with us in between.
     */
    private void resetWhenDelivered(Stream survivor) {
        TcpInfo info = survivor.unsentBytes() > 0 ? null : survivor.info();
        boolean delivered = survivor.unsentBytes() == 0 && (info == null || info.closed() || info.delivered());
        long patience = Math.min(STALLED_NANOS, idleTimeoutNanos);
        if (resetBy != null && (delivered || idleNanos(patience) >= patience)) {
            connection.finish(resetBy, true);
        } else {
            connection.setDeadlineIn(Deadlines.TICK_NANOS);
        }
    }

    @Override
    void onDeadline(long nowNanos) {
        if (resetBy != null) {
            resetWhenDelivered(resetBy == Ending.CLIENT_RESET ? backend : client);
            return;
        }
        long left = idleTimeoutNanos - idleNanos(idleTimeoutNanos);
        if (left <= 0) {
            connection.end(Ending.IDLE);
        } else {
            connection.setDeadlineIn(left);
        }
    }

    /**
     * How long no byte has gone either way. What the kernel has taken from us and still sends, now and then, to a peer
     * that reads slowly is seen by the kernel alone, so that is asked before anything follows from it.
     *
     * @param enough what is less than this needs not be exact
     */
    private long idleNanos(long enough) {
        long idle = deadlines.nowNanos() - account.lastActivityNanos();
        if (idle < enough) {
            return idle;
        }
        return Math.min(idle, Math.min(sinceSentNanos(client), sinceSentNanos(backend)));
    }

    private static long sinceSentNanos(Stream stream) {
        TcpInfo info = stream.info();
        // What is sent again to a peer that is silent is no progress.
        return info == null || info.timeouts() > 0 ? Long.MAX_VALUE : info.sinceDataSentMillis() * 1_000_000;
    }

    @Override
    long unsentBytes() {
        return client.unsentBytes() + backend.unsentBytes();
    }

    @Override
    boolean wouldLoseBytes() {
        return resetBy != null || unsentBytes() > 0;
    }

    void onDefect(Throwable cause) {
        connection.onDefect(cause);
    }

    @Override
    void release(boolean reset) {
        backend.close(reset);
        target.load().release();
        if (opened) {
            poolMetrics.closed();
            target.metrics().closed();
        }
    }
}
