package io.hawser.node.connection;

import io.hawser.node.metrics.PoolMetrics;
import io.hawser.node.pool.PoolSettings;
import io.hawser.node.pool.Target;
import io.hawser.node.stream.Stream;
import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Carries bytes both ways between a client and its backend, as they came: whole, in order, with back-pressure, and
 * each direction's end by itself.
 *
 * <p>A side is read only while the other side takes what was read, so a connection holds no more than one read in each
 * direction, and nothing at all while both sides keep up.
 */
final class Relay extends Phase {

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
        return "relay";
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
        count(bytes);
        send(bytes);
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
        account.active(deadlines.nowNanos());
        client.resumeReading();
    }

    @Override
    void onClientEnd() {
        if (!clientEnded) {
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
        // end
        // before there is nothing more to read, and nobody else would tell.
        if (backendEnded) {
            connection.finish(Ending.BACKEND_RESET, true);
        }
    }

    void onBackendReset() {
        if (!toBackendEnded || !backendEnded) {
            connection.finish(Ending.BACKEND_RESET, true);
        }
    }

    // From the backend to the client.

    void onBackendBytes(ByteBuf bytes) {
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
        account.active(deadlines.nowNanos());
        backend.resumeReading();
    }

    void onBackendEnd() {
        if (!backendEnded) {
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
        if (clientEnded) {
            connection.finish(Ending.CLIENT_RESET, true);
        }
    }

    @Override
    void onClientReset() {
        if (!toClientEnded || !clientEnded) {
            connection.finish(Ending.CLIENT_RESET, true);
        }
    }

    // The end.

    /**
     * One direction is over.
     *
     * @param inputEnded whether the other direction of the same socket is over too
     */
    private void endOutput(Stream to, boolean inputEnded) {
        if (toClientEnded && toBackendEnded) {
            connection.finish(Ending.DONE, false);
        } else if (inputEnded) {
            // Nothing more will happen on it: no need to hold its descriptor until the other one is done.
            to.close(false);
        } else {
            to.shutdownOutput();
        }
    }

    @Override
    void onDeadline(long nowNanos) {
        long idleAtNanos = account.lastActivityNanos() + idleTimeoutNanos;
        if (nowNanos >= idleAtNanos) {
            connection.end(Ending.IDLE);
        } else {
            deadlines.set(connection, idleAtNanos);
        }
    }

    @Override
    boolean wouldLoseBytes() {
        return client.hasUnsent() || backend.hasUnsent();
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
