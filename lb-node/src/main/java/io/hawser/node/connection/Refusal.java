package io.hawser.node.connection;

import io.hawser.node.stream.Stream;
import io.hawser.tls.Alert;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Tells a client by a TLS alert that it is refused, and gives it time to read that: closing at once would reset the
 * connection if the client has more under way, and lose the alert.
 */
final class Refusal extends Phase {

    /** How long a client may take to read its alert and close. */
    private static final long LINGER_NANOS = 1_000_000_000;

    private final Connection connection;
    private final Ending ending;

    Refusal(Connection connection, Ending ending) {
        this.connection = connection;
        this.ending = ending;
    }

    @Override
    String label() {
        return "refused";
    }

    void start(Alert alert) {
        connection.setDeadlineIn(LINGER_NANOS);
        Stream client = connection.client();
        ByteBuf record = ByteBufAllocator.DEFAULT.directBuffer(16);
        try {
            alert.writeTo(record);
            client.write(record);
        } finally {
            record.release();
        }
        // It was stopped if it sent a lot while it waited; only its end is of interest now.
        client.resumeReading();
        client.awaitFlush();
    }

    @Override
    void onClientFlushed() {
        connection.client().shutdownOutput();
    }

    @Override
    void onClientBytes(ByteBuf bytes) {}

    @Override
    void onClientEnd() {
        connection.finish(ending, false);
    }

    @Override
    void onClientReset() {
        connection.finish(ending, true);
    }

    @Override
    void onDeadline(long nowNanos) {
        connection.finish(ending, true);
    }

    @Override
    void release(boolean reset) {}
}
