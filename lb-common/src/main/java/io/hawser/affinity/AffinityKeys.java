package io.hawser.affinity;

import io.hawser.net.IpAddress;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Makes keys out of what a connection shows. */
public final class AffinityKeys {

    private AffinityKeys() {}

    /**
     * The key of a client's network.
     *
     * @param network its address, cut to the pool's prefix with {@link IpAddress#prefix}
     */
    public static AffinityKey clientIp(IpAddress network) {
        return new AffinityKey(AffinityKey.Kind.CLIENT_IP, network.high(), network.low());
    }

    /** The key of what a TLS peer sent: the first 128 bits of its SHA-256. */
    public static AffinityKey digest(AffinityKey.Kind kind, byte[] bytes) {
        return digest(kind, ByteBuffer.wrap(bytes));
    }

    /**
     * The key of what a TLS peer sent: the first 128 bits of its SHA-256.
     *
     * @param bytes all that is readable; nothing is consumed or released
     */
    public static AffinityKey digest(AffinityKey.Kind kind, ByteBuf bytes) {
        return digest(kind, bytes.nioBuffer());
    }

    private static AffinityKey digest(AffinityKey.Kind kind, ByteBuffer bytes) {
        ByteBuffer digest = ByteBuffer.wrap(sha256(bytes));
        return new AffinityKey(kind, digest.getLong(), digest.getLong());
    }

    private static byte[] sha256(ByteBuffer bytes) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(bytes);
            return sha256.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
