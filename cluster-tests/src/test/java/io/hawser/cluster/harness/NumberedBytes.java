package io.hawser.cluster.harness;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * As many bytes as wanted, of which every block is another one: none can be lost, doubled or swapped without changing
 * their digest. They cost little to make.
 */
public final class NumberedBytes {

    private static final int BLOCK = 64 * 1024;

    private final byte[] block = new byte[BLOCK];
    private final MessageDigest digest = sha256();
    private final AtomicLong written = new AtomicLong();

    public NumberedBytes() {
        new Random(1).nextBytes(block);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes so many of them. Returns their digest in hexadecimal. */
    public String writeTo(OutputStream out, long length) throws IOException {
        while (written.get() < length) {
            int size = (int) Math.min(BLOCK, length - written.get());
            ByteBuffer.wrap(block).putLong(written.get());
            digest.update(block, 0, size);
            out.write(block, 0, size);
            written.addAndGet(size);
        }
        out.flush();
        return HexFormat.of().formatHex(digest.digest());
    }

    /** How many have been written; from any thread. */
    public long written() {
        return written.get();
    }
}
