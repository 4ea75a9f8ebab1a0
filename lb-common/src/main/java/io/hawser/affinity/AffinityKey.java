package io.hawser.affinity;

import io.hawser.hash.Hash64;
import io.hawser.net.IpAddress;
import java.util.HexFormat;
import java.util.List;

/**
 * What ties a client to its backend, within one pool, in 128 bits.
 *
 * <p>A client's address prefix is held as it is; what TLS peers send is held as the first 128 bits of its SHA-256, so
 * that no table holds a session's secret.
 *
 * @param kind what the bits are
 * @param high the upper 64 bits
 * @param low the lower 64 bits
 */
public record AffinityKey(Kind kind, long high, long low) {

    /** The kinds of key. Their codes stand in packed tables; they never change. */
    public enum Kind {
        CLIENT_IP(0, "client-ip"),
        TLS_SESSION_ID(1, "tls-session-id"),
        TLS_TICKET(2, "tls-ticket"),
        TLS_ISSUER(3, "tls-issuer");

        private static final Kind[] BY_CODE = values();

        private final int code;
        private final String label;

        Kind(int code, String label) {
            this.code = code;
            this.label = label;
        }

        /** The kind with this code, 0 to 3. */
        static Kind ofCode(int code) {
            return BY_CODE[code];
        }

        /** What stands for the kind in packed tables. */
        byte code() {
            return (byte) code;
        }

        /** The kind as metrics, logs and lbctl write it. */
        public String label() {
            return label;
        }
    }

    /** The key for people: a client's network as an address, what TLS peers sent as a digest in hexadecimal. */
    public String text() {
        return kind == Kind.CLIENT_IP
                ? new IpAddress(high, low).toString()
                : HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
    }

    /**
     * The keys of TLS peers that a digest, as {@link #text} writes it, may stand for: one of each kind.
     *
     * @throws IllegalArgumentException unless it is 32 hexadecimal digits
     */
    public static List<AffinityKey> ofDigest(String text) {
        if (text.length() != 32 || !text.chars().allMatch(HexFormat::isHexDigit)) {
            throw new IllegalArgumentException("'" + text
                    + "' is not the digest of a key: 32 hexadecimal digits, as a look at the table shows them");
        }
        long high = HexFormat.fromHexDigitsToLong(text, 0, 16);
        long low = HexFormat.fromHexDigitsToLong(text, 16, 32);
        return List.of(
                new AffinityKey(Kind.TLS_SESSION_ID, high, low),
                new AffinityKey(Kind.TLS_TICKET, high, low),
                new AffinityKey(Kind.TLS_ISSUER, high, low));
    }

    /** A hash of the whole key, alike on every node: what a balancer that hashes takes. */
    public long hash() {
        return Hash64.mix(high ^ kind.code, low);
    }
}
