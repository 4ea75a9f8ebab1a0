package io.hawser.node.connection;

import io.hawser.tls.Alert;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;

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
        Channel client = connection.client();
        ByteBuf record = client.alloc().directBuffer(16);
        alert.writeTo(record);
        client.writeAndFlush(record).addListener(done -> {
            if (done.isSuccess() && connection.phase() == this) {
                var unused = ((DuplexChannel) client).shutdownOutput();
            }
        });
        // It was stopped if it sent a lot while it waited; only its end is of interest now.
        client.config().setAutoRead(true);
    }

    @Override
    void onClientBytes(ByteBuf bytes) {
        bytes.release();
    }

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
