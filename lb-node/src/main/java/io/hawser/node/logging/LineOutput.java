package io.hawser.node.logging;

import java.io.IOException;

/** Where finished lines go. Called by one writer thread at a time, which it may block. */
interface LineOutput {

    /** Writes whole lines. */
    void write(byte[] lines) throws IOException;

    /** Opens anew what log rotation may have moved away. */
    void reopen() throws IOException;

    void close() throws IOException;
}
