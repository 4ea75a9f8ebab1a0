package io.hawser.cluster.harness;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads what a client sends until the client ends its direction, and only then answers: with the SHA-256 of it all, in
 * hexadecimal. Does not begin to read before it is told to, and then not faster than its pace.
 */
public final class Digester implements JdkServer.Service {

    private static final int MIB = 1024 * 1024;

    private final CountDownLatch begin;
    private final long nanosPerMebibyte;

    private Digester(boolean waits, long nanosPerMebibyte) {
        this.begin = new CountDownLatch(waits ? 1 : 0);
        this.nanosPerMebibyte = nanosPerMebibyte;
    }

    /** Reads as fast as it can. */
    public static Digester fast() {
        return new Digester(false, 0);
    }

    /** Reads once {@link #begin} is called, a mebibyte in this time at most. */
    public static Digester slow(long millisPerMebibyte) {
        return new Digester(true, TimeUnit.MILLISECONDS.toNanos(millisPerMebibyte));
    }

    public void begin() {
        begin.countDown();
    }

    @Override
    public void serve(JdkServer server, Socket socket) throws IOException {
        try {
            begin.await();
        } catch (InterruptedException e) {
            // The server is being closed.
            return;
        }
        MessageDigest digest = NumberedBytes.sha256();
        InputStream in = socket.getInputStream();
        byte[] buffer = new byte[64 * 1024];
        long total = 0;
        for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
            digest.update(buffer, 0, length);
            if (nanosPerMebibyte > 0 && total / MIB != (total + length) / MIB) {
                LockSupport.parkNanos(nanosPerMebibyte);
            }
            total += length;
        }
        socket.getOutputStream().write(HexFormat.of().formatHex(digest.digest()).getBytes(StandardCharsets.US_ASCII));
    }
}
