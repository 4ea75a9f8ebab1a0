package io.hawser.node.logging;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The access log: one line for each client connection that has ended.
 *
 * <p>Safe from any thread. Logging never waits: what the output does not take in time is dropped and counted.
 */
public final class AccessLog implements AutoCloseable {

    private static final int CAPACITY = 16 * 1024;

    private final @Nullable LineWriter<AccessRecord> writer;

    private AccessLog(@Nullable LineWriter<AccessRecord> writer) {
        this.writer = writer;
    }

    /** No access log. */
    public static AccessLog off() {
        return new AccessLog(null);
    }

    /**
     * Lines to a stream, of which each write is whole lines.
     *
     * @param stream the process's stdout; shared with the event log
     * @param onDropped told once for each line that was dropped, on any thread
     */
    public static AccessLog toStream(OutputStream stream, LogFormat format, Runnable onDropped) {
        return to(new StandardOutput(stream), format, onDropped);
    }

    /**
     * Lines to the end of a file.
     *
     * @param onDropped told once for each line that was dropped, on any thread
     * @throws IOException when the file can't be opened for writing
     */
    public static AccessLog toFile(Path file, LogFormat format, Runnable onDropped) throws IOException {
        return to(new FileOutput(file), format, onDropped);
    }

    private static AccessLog to(LineOutput output, LogFormat format, Runnable onDropped) {
        return new AccessLog(new LineWriter<>("access-log", CAPACITY, format, AccessLog::format, output, onDropped));
    }

    /** Whether lines are written at all: when not, no record need be made. */
    public boolean isOn() {
        return writer != null;
    }

    public void log(AccessRecord connection) {
        if (writer != null) {
            writer.offer(connection);
        }
    }

    /** Opens the file anew, so that log rotation may have moved the old one away. */
    public void reopen() {
        if (writer != null) {
            writer.reopen();
        }
    }

    /** Writes what is queued, for two seconds at most. Lines logged from now on are dropped. */
    @Override
    public void close() {
        if (writer != null) {
            writer.close();
        }
    }

    private static void format(AccessRecord connection, Line line) {
        line.addTime("time", connection.accepted())
                .add("log", "access")
                .add("connection", connection.connection())
                .add("listener", connection.listener())
                .add("client", connection.client())
                .add("proxy", connection.proxy());
        AccessRecord.Tls tls = connection.tls();
        if (tls != null) {
            line.add("sni", tls.sni())
                    .add("alpn", tls.alpn())
                    .add("tls", tls.version())
                    .add("ja4", tls.ja4());
            if (tls.ech()) {
                line.add("ech", true);
            }
        }
        AccessRecord.Choice choice = connection.choice();
        if (choice != null) {
            line.add("pool", choice.pool())
                    .add("backend", choice.backend())
                    .add("chosen", choice.reason())
                    .add("affinity", choice.affinityKind())
                    .add("attempts", choice.attempts());
        }
        line.add("bytes_in", connection.bytesIn()).add("bytes_out", connection.bytesOut());
        if (connection.helloNanos() >= 0) {
            line.addMillis("hello_ms", connection.helloNanos());
        }
        if (connection.connectNanos() >= 0) {
            line.addMillis("connect_ms", connection.connectNanos());
        }
        line.addMillis("duration_ms", connection.durationNanos())
                .add("ended_by", connection.endedBy())
                .add("ending", connection.ending());
    }
}
