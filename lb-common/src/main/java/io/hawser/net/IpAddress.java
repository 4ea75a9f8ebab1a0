package io.hawser.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * An IPv4 or IPv6 address as 128 bits, so that both kinds compare, mask and hash alike without allocating.
 *
 * <p>An IPv4 address is held in its IPv4-mapped form {@code ::ffff:a.b.c.d} (RFC 4291 section 2.5.5.2): a client that
 * reaches a dual-stack socket is the same client as over an IPv4 one.
 *
 * @param high the upper 64 bits, network order
 * @param low the lower 64 bits, network order
 */
public record IpAddress(long high, long low) {

    private static final long V4_MAPPED = 0x0000_ffff_0000_0000L;

    /** The address in 128 bits; IPv4 becomes IPv4-mapped. */
    public static IpAddress of(InetAddress address) {
        return ofBytes(address.getAddress());
    }

    /**
     * The address from its 4 or 16 bytes in network order.
     *
     * @throws IllegalArgumentException when there are neither 4 nor 16 bytes
     */
    public static IpAddress ofBytes(byte[] bytes) {
        if (bytes.length == 4) {
            return new IpAddress(0, V4_MAPPED | word(bytes, 0, 4));
        }
        if (bytes.length == 16) {
            return new IpAddress(word(bytes, 0, 8), word(bytes, 8, 8));
        }
        throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length);
    }

    private static long word(byte[] bytes, int offset, int length) {
        long word = 0;
        for (int i = 0; i < length; i++) {
            word = word << 8 | (bytes[offset + i] & 0xff);
        }
        return word;
    }

    /** The IPv4 address of 32 bits in network order. */
    static IpAddress ofV4(int bits) {
        return new IpAddress(0, V4_MAPPED | (bits & 0xffff_ffffL));
    }

    /** The address that a literal names, or null when the text is no literal; never asks a name server. */
    public static @Nullable IpAddress tryParse(String text) {
        return IpLiteral.read(text);
    }

    public boolean isV4() {
        return high == 0 && (low & 0xffff_ffff_0000_0000L) == V4_MAPPED;
    }

    /** 4 bytes for IPv4, 16 for IPv6. */
    public byte[] toBytes() {
        int length = isV4() ? 4 : 16;
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            int fromRight = length - 1 - i;
            long word = fromRight < 8 ? low : high;
            bytes[i] = (byte) (word >>> (fromRight % 8 * 8));
        }
        return bytes;
    }

    public InetAddress toInetAddress() {
        try {
            return InetAddress.getByAddress(toBytes());
        } catch (UnknownHostException e) {
            throw new AssertionError("4 or 16 bytes are always an address", e);
        }
    }

    /**
     * The network this address lies in.
     *
     * @param v4Length bits kept of an IPv4 address, 0 to 32
     * @param v6Length bits kept of an IPv6 address, 0 to 128
     */
    public IpAddress prefix(int v4Length, int v6Length) {
        return mask(isV4() ? 96 + v4Length : v6Length);
    }

    /** Keeps the first {@code length} bits of the 128, 0 to 128. */
    IpAddress mask(int length) {
        if (length == 128) {
            return this;
        }
        return length >= 64
                ? new IpAddress(high, length == 64 ? 0 : low & -1L << (128 - length))
                : new IpAddress(length == 0 ? 0 : high & -1L << (64 - length), 0);
    }

    /** The address as RFC 5952 writes it: {@code 192.0.2.1}, {@code 2001:db8::1}. */
    @Override
    public String toString() {
        return IpLiteral.write(this);
    }
}
