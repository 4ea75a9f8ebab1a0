package io.hawser.affinity;

import io.hawser.hash.Hash64;
import org.jspecify.annotations.Nullable;

/**
 * The names of ticket keys with which session tickets may begin: most servers put the name of the key that sealed a
 * ticket before it, in the clear (RFC 5077 section 4 recommends 16 bytes), so that all tickets of one issuer begin alike.
 *
 * <p>Known lengths: 16 bytes of most libraries, 17 of s2n (a version byte 1 before the name), 4 of JSSE and mbedTLS.
 */
public final class IssuerNames {

    /** The lengths that names have, the one to try first first: a longer one says more. */
    static final int[] LENGTHS = {17, 16, 4};

    private static final long SEED = 0x6973737565720000L;

    private IssuerNames() {}

    /**
     * The key of the issuer whose name would be the first so many bytes of a ticket.
     *
     * @param ticket the ticket or the pre-shared key's identity
     * @param length 17, 16 or 4
     * @return null when the ticket can't begin with such a name
     */
    static @Nullable AffinityKey of(byte[] ticket, int length) {
        // What is as long as the name has nothing sealed behind it.
        if (ticket.length <= length || (length == 17 && ticket[0] != 1)) {
            return null;
        }
        return switch (length) {
            case 17 -> new AffinityKey(AffinityKey.Kind.TLS_ISSUER, word(ticket, 1, 8) ^ SEED, word(ticket, 9, 8));
            case 16 -> new AffinityKey(AffinityKey.Kind.TLS_ISSUER, word(ticket, 0, 8), word(ticket, 8, 8));
            case 4 -> ofNumber((int) word(ticket, 0, 4));
            default -> throw new IllegalArgumentException("no issuer's name has " + length + " bytes");
        };
    }

    /** The key of a name of four bytes, which JSSE counts up by one whenever it takes a new ticket key. */
    static AffinityKey ofNumber(int name) {
        return new AffinityKey(AffinityKey.Kind.TLS_ISSUER, Hash64.mix(SEED, name), name);
    }

    /** The number that a name of four bytes is. */
    static int number(byte[] ticket) {
        return (int) word(ticket, 0, 4);
    }

    /**
     * How long the name is with which all of these tickets of one issuer begin.
     *
     * @param tickets two or more different tickets; fewer tell nothing
     * @return 17, 16 or 4; 0 when they begin with no common name, as those of servers that keep sessions themselves
     */
    public static int commonLength(Iterable<byte[]> tickets) {
        byte[] first = null;
        int common = Integer.MAX_VALUE;
        int count = 0;
        for (byte[] ticket : tickets) {
            count++;
            if (first == null) {
                first = ticket;
                continue;
            }
            int length = Math.min(ticket.length, first.length);
            int same = 0;
            while (same < length && ticket[same] == first[same]) {
                same++;
            }
            common = Math.min(common, same);
        }
        if (first == null || count < 2) {
            return 0;
        }
        for (int length : LENGTHS) {
            if (common >= length && of(first, length) != null) {
                return length;
            }
        }
        return 0;
    }

    private static long word(byte[] bytes, int at, int length) {
        long word = 0;
        for (int i = 0; i < length; i++) {
            word = word << 8 | (bytes[at + i] & 0xff);
        }
        return word;
    }
}
