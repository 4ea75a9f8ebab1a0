package io.hawser.node.connection;

import io.hawser.node.metrics.BackendMetrics;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import org.jspecify.annotations.Nullable;

/**
 * Carries bytes both ways between a client and its backend, as they came: whole, in order, with back-pressure, and
 * each direction's end by itself.
 *
 * <p>A side is read only while the other side takes what was read, so a connection holds no more than one read and the
 * write buffer's high water mark in each direction.
 */
final class Relay {

    private final Connection connection;
    private final Channel client;
    private final Channel backend;
    private final Account account;
    private final BackendMetrics metrics;
    private final Deadlines deadlines;
    private boolean clientEnded;
    private boolean backendEnded;
    private int outputsEnded;

    Relay(
            Connection connection,
            Channel client,
            Channel backend,
            Account account,
            BackendMetrics metrics,
            Deadlines deadlines) {
        this.connection = connection;
        this.client = client;
        this.backend = backend;
        this.account = account;
        this.metrics = metrics;
        this.deadlines = deadlines;
    }

    /**
     * Sends what came before the backend was there.
     *
     * @param header goes first; null when the backend wants none
     * @param received what the client has sent so far; null when nothing
     * @param ended whether the client has sent all that it will
     */
    void start(@Nullable ByteBuf header, @Nullable ByteBuf received, boolean ended) {
        if (header != null) {
            var unused = backend.write(header, backend.voidPromise());
        }
        if (received != null) {
            fromClient(received);
        }
        backend.flush();
        // It was stopped if it sent a lot while it waited.
        client.config().setAutoRead(backend.isWritable());
        if (ended) {
            onClientEnd();
        }
    }

    void fromClient(ByteBuf bytes) {
        int length = bytes.readableBytes();
        account.fromClient(length);
        metrics.in(length);
        account.active(deadlines.nowNanos());
        var unused = backend.write(bytes, backend.voidPromise());
        if (!backend.isWritable()) {
            backend.flush();
            if (!backend.isWritable()) {
                client.config().setAutoRead(false);
            }
        }
    }

    void flushToBackend() {
        backend.flush();
    }

    void onBackendWritabilityChanged() {
        if (backend.isWritable()) {
            account.active(deadlines.nowNanos());
            client.config().setAutoRead(true);
        }
    }

    void fromBackend(ByteBuf bytes) {
        int length = bytes.readableBytes();
        account.fromBackend(length);
        metrics.out(length);
        account.active(deadlines.nowNanos());
        var unused = client.write(bytes, client.voidPromise());
        if (!client.isWritable()) {
            client.flush();
            if (!client.isWritable()) {
                backend.config().setAutoRead(false);
            }
        }
    }

    void flushToClient() {
        client.flush();
    }

    void onClientWritabilityChanged() {
        if (client.isWritable()) {
            account.active(deadlines.nowNanos());
            backend.config().setAutoRead(true);
        }
    }

    void onClientEnd() {
        if (!clientEnded) {
            clientEnded = true;
            endOutput(backend);
        }
    }

    void onBackendEnd() {
        if (!backendEnded) {
            backendEnded = true;
            endOutput(client);
        }
    }

    /** Ends one direction behind the bytes that are still on their way. */
    private void endOutput(Channel to) {
        to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> {
            outputsEnded++;
            if (outputsEnded == 2) {
                connection.finish(Ending.DONE, false);
            } else if (done.isSuccess()) {
                var unused = ((DuplexChannel) to).shutdownOutput();
            }
        });
    }
}
