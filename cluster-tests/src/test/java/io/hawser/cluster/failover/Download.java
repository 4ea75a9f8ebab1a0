package io.hawser.cluster.failover;

import io.hawser.cluster.harness.JdkServer;
import io.hawser.cluster.harness.NumberedBytes;
import io.hawser.cluster.harness.TlsClient;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A long download, at leisure until it is told to hurry. */
final class Download {

    private static final int LENGTH = 64 * 1024 * 1024;
    private static final int BLOCK = 16 * 1024;
    private static final long PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** Sends many bytes to whoever connects, and is done. */
    static final JdkServer.Service SERVICE = (server, socket) -> {
        var unusedDigest = new NumberedBytes().writeTo(socket.getOutputStream(), LENGTH);
    };

    private final AtomicLong read = new AtomicLong();
    private final AtomicBoolean hurries = new AtomicBoolean();
    private final CompletableFuture<Boolean> whole = new CompletableFuture<>();

    private Download() {}

    /** Begins, where the calling thread is. */
    static Download begin(TlsClient client) throws IOException {
        TlsClient.Connection connection = client.connect();
        Download download = new Download();
        Thread thread = new Thread(() -> download.run(connection), "download");
        thread.setDaemon(true);
        thread.start();
        return download;
    }

    private void run(TlsClient.Connection connection) {
        try (connection) {
            DataInputStream in = new DataInputStream(connection.socket().getInputStream());
            Comparison right = new Comparison(in);
            var unusedDigest = new NumberedBytes().writeTo(right, LENGTH);
            whole.complete(in.read() < 0);
        } catch (IOException e) {
            whole.completeExceptionally(e);
        }
    }

    /** Reads what is written to it, and finds that it is the same. */
    private final class Comparison extends OutputStream {

        private final DataInputStream in;

        Comparison(DataInputStream in) {
            this.in = in;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            for (int done = 0; done < length; done += BLOCK) {
                byte[] arrived = new byte[Math.min(BLOCK, length - done)];
                in.readFully(arrived);
                int at = from + done;
                if (!Arrays.equals(arrived, 0, arrived.length, bytes, at, at + arrived.length)) {
                    throw new IOException("other bytes than were sent, after " + read.get());
                }
                read.addAndGet(arrived.length);
                if (!hurries.get()) {
                    LockSupport.parkNanos(PACE_NANOS);
                }
            }
        }
    }

    /** Bytes that have arrived. */
    long arrived() {
        return read.get();
    }

    boolean isOver() {
        return whole.isDone();
    }

    /** Takes the rest as fast as it comes; completes once all has come as it was sent, and nothing else. */
    CompletableFuture<Boolean> hurry() {
        hurries.set(true);
        return whole;
    }
}
