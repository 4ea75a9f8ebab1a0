package io.hawser.vip;

import java.nio.ByteBuffer;

/** The checksum of IP, TCP and ICMP (RFC 1071). */
final class InternetChecksum {

    private InternetChecksum() {}

    /**
     * Works it out.
     *
     * @param from the first byte; an even number of them, up to {@code to}
     * @param more to be added, of what isn't among the bytes
     */
    static short of(ByteBuffer bytes, int from, int to, int more) {
        long sum = more;
        for (int at = from; at < to; at += 2) {
            sum += bytes.getShort(at) & 0xffff;
        }
        while (sum > 0xffff) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return (short) ~sum;
    }
}
