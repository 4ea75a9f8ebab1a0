package io.hawser.node.stream;

import io.netty.buffer.ByteBuf;

/** What is told of a {@link Stream}, on its event loop. */
public interface StreamHandler {

    /** The connection that was asked for is there. Never told of accepted streams. */
    default void onConnected() {}

    /**
     * The connection that was asked for can't be had; the stream is still to be closed. Never told of accepted
     * streams.
     */
    default void onConnectFailed(Throwable cause) {}

    /**
     * Bytes have come.
     *
     * @param bytes valid only during this call and not to be retained: whoever needs them later copies them
     */
    void onBytes(ByteBuf bytes);

    /** The stream takes bytes again, after it did not. */
    default void onWritable() {}

    /** All that was written is the kernel's: the answer to {@link Stream#awaitFlush}. */
    default void onFlushed() {}

    /** The other end has sent all that it will, and all of it was told. */
    void onEnd();

    /** The connection is broken, as by a reset; what had come before was told. Nothing more can be read or written. */
    void onReset();

    /** The other end takes nothing any more. What it had sent before is still told, and behind it the reset. */
    default void onOutputFailed() {}

    /** The handler itself failed: something that never should happen. */
    void onDefect(Throwable cause);
}
