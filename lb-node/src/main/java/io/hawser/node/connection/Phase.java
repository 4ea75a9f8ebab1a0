package io.hawser.node.connection;

import io.netty.buffer.ByteBuf;

/**
 * What a connection is doing: takes what its client's socket and its deadline tell, and says what comes next.
 *
 * <p>A connection goes through {@link Inspection}, {@link Connecting} and {@link Relay}, or leaves them for {@link
 * Refusal}, or for its end. Confined to the connection's event loop.
 */
abstract sealed class Phase permits Inspection, Connecting, Relay, Refusal, Phase.Outside {

    /** As the access log and lbctl write it. */
    abstract String label();

    /** The client sent this, which is valid during the call only. */
    abstract void onClientBytes(ByteBuf bytes);

    /** The client's socket takes bytes again. */
    void onClientWritable() {}

    /** All that was written to the client is the kernel's: the answer to {@code awaitFlush}. */
    void onClientFlushed() {}

    /** The client has sent all that it will. */
    abstract void onClientEnd();

    /** The client's socket is gone. */
    abstract void onClientReset();

    /** Something could not be written to the client: nobody takes what goes there any more. */
    void onClientOutputFailed() {}

    /** The time that the phase has set with {@link Connection#setDeadlineIn} has come. */
    abstract void onDeadline(long nowNanos);

    /** Bytes that are on their way to a peer and not the kernel's yet. */
    long unsentBytes() {
        return 0;
    }

    /** Whether an orderly end now would hide from a peer that bytes meant for it are thrown away. */
    boolean wouldLoseBytes() {
        return unsentBytes() > 0;
    }

    /**
     * The connection leaves the phase: gives back what it still holds.
     *
     * @param reset whether a backend's socket is to be reset
     */
    abstract void release(boolean reset);

    /** Before the first phase, and after the last: whatever still comes is thrown away. */
    static final class Outside extends Phase {

        static final Phase BEFORE = new Outside("accepted");
        static final Phase AFTER = new Outside("closed");

        private final String label;

        private Outside(String label) {
            this.label = label;
        }

        @Override
        String label() {
            return label;
        }

        @Override
        void onClientBytes(ByteBuf bytes) {}

        @Override
        void onClientEnd() {}

        @Override
        void onClientReset() {}

        @Override
        void onDeadline(long nowNanos) {}

        @Override
        void release(boolean reset) {}
    }
}
