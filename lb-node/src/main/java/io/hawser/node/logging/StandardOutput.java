package io.hawser.node.logging;

import java.io.IOException;
import java.io.OutputStream;

/** Lines to the process's stdout, each write whole: event log and access log may share it. */
final class StandardOutput implements LineOutput {

    private final OutputStream stream;

    /** @param stream shared by all that write there; its monitor keeps their lines apart */
    StandardOutput(OutputStream stream) {
        this.stream = stream;
    }

    @Override
    public void write(byte[] lines) throws IOException {
        synchronized (stream) {
            stream.write(lines);
            stream.flush();
        }
    }

    @Override
    public void reopen() {
        // Nobody rotates it.
    }

    @Override
    public void close() {
        // It belongs to the process.
    }
}
