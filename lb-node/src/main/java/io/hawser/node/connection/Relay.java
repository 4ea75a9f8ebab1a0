package io.hawser.node.connection;

import io.hawser.node.metrics.PoolMetrics;
import io.hawser.node.pool.PoolSettings;
import io.hawser.node.pool.Target;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Carries bytes both ways between a client and its backend, as they came: whole, in order, with back-pressure, and
 * each direction's end by itself.
 *
 * <p>A side is read only while the other side takes what was read, so a connection holds no more than one read and the
 * write buffer's high water mark in each direction.
 */
final class Relay extends Phase {

    private final Connection connection;
    private final Channel client;
    private final Channel backend;
    private final Account account;
    private final Target target;
    private final PoolMetrics poolMetrics;
    private final long idleTimeoutNanos;
    private final Deadlines deadlines;
    private boolean opened;
    /** The client has sent all that it will. */
    private boolean clientEnded;

    private boolean backendEnded;
    /** The client has been given all that the backend sent, and its end. */
    private boolean toClientEnded;

    private boolean toBackendEnded;

    Relay(Connection connection, Channel backend, Target target, PoolMetrics poolMetrics, PoolSettings settings) {
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
     * @param header goes first; null when the backend wants none
     * @param received what the client has sent so far; null when nothing
     * @param ended whether the client has sent all that it will
     */
    void start(@Nullable ByteBuf header, @Nullable ByteBuf received, boolean ended) {
        opened = true;
        poolMetrics.opened();
        target.metrics().opened();
        account.active(deadlines.nowNanos());
        connection.setDeadlineIn(idleTimeoutNanos);
        backend.pipeline().addLast(BackendHandler.NAME, new BackendHandler(this));
        if (header != null) {
            var unused = backend.write(header, backend.voidPromise());
        }
        if (received != null) {
            onClientBytes(received);
        }
        backend.flush();
        // It was stopped if it sent a lot while it waited.
        client.config().setAutoRead(backend.isWritable());
        if (ended) {
            onClientEnd();
        }
    }

    // From the client to the backend.

    @Override
    void onClientBytes(ByteBuf bytes) {
        int length = bytes.readableBytes();
        account.fromClient(length);
        target.metrics().in(length);
        account.active(deadlines.nowNanos());
        var unused = backend.write(bytes, backend.voidPromise());
        if (!backend.isWritable()) {
            backend.flush();
            if (!backend.isWritable()) {
                client.config().setAutoRead(false);
            }
        }
    }

    @Override
    void onClientReadComplete() {
        backend.flush();
    }

    void onBackendWritabilityChanged() {
        if (backend.isWritable()) {
            account.active(deadlines.nowNanos());
            client.config().setAutoRead(true);
        }
    }

    @Override
    void onClientEnd() {
        if (!clientEnded) {
            clientEnded = true;
            // Behind the bytes that are still on their way.
            backend.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(this::onBackendFlushed);
        }
    }

    private void onBackendFlushed(Future<?> flushed) {
        if (!flushed.isSuccess()) {
            onBackendOutputFailed();
            return;
        }
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
        int length = bytes.readableBytes();
        account.fromBackend(length);
        target.metrics().out(length);
        account.active(deadlines.nowNanos());
        var unused = client.write(bytes, client.voidPromise());
        if (!client.isWritable()) {
            client.flush();
            if (!client.isWritable()) {
                backend.config().setAutoRead(false);
            }
        }
    }

    void onBackendReadComplete() {
        client.flush();
    }

    @Override
    void onClientWritabilityChanged() {
        if (client.isWritable()) {
            account.active(deadlines.nowNanos());
            backend.config().setAutoRead(true);
        }
    }

    void onBackendEnd() {
        if (!backendEnded) {
            backendEnded = true;
            client.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(this::onClientFlushed);
        }
    }

    private void onClientFlushed(Future<?> flushed) {
        if (!flushed.isSuccess()) {
            onClientOutputFailed();
            return;
        }
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
    private void endOutput(Channel to, boolean inputEnded) {
        if (toClientEnded && toBackendEnded) {
            connection.finish(Ending.DONE, false);
        } else if (inputEnded) {
            // Left open until the other socket is done as well, epoll would report its hang-up without pause.
            Connection.close(to, false);
        } else {
            ((DuplexChannel) to).shutdownOutput().addListener(done -> {
                if (!done.isSuccess()) {
                    if (to == client) {
                        onClientOutputFailed();
                    } else {
                        onBackendOutputFailed();
                    }
                }
            });
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
        return hasUnsent(client) || hasUnsent(backend);
    }

    private static boolean hasUnsent(Channel channel) {
        var buffer = channel.unsafe().outboundBuffer();
        return buffer != null && !buffer.isEmpty();
    }

    void onDefect(Throwable cause) {
        connection.onDefect(cause);
    }

    @Override
    void release(boolean reset) {
        Connection.close(backend, reset);
        target.load().release();
        if (opened) {
            poolMetrics.closed();
            target.metrics().closed();
        }
    }
}
