package io.hawser.net;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * A set of networks that says in a binary search, without allocating, whether an address lies in any of them.
 *
 * <p>Networks within others are dropped. IPv4 and IPv6 are apart, as in {@link Cidr#contains}: {@code
 * ::/0} holds no IPv4 address.
 */
public final class CidrSet {

    private final boolean empty;
    private final Ranges v4;
    private final Ranges v6;

    private CidrSet(Collection<Cidr> networks) {
        this.empty = networks.isEmpty();
        this.v4 = new Ranges(networks.stream().filter(c -> c.network().isV4()).toList());
        this.v6 = new Ranges(networks.stream().filter(c -> !c.network().isV4()).toList());
    }

    public static CidrSet of(Collection<Cidr> networks) {
        return new CidrSet(networks);
    }

    public boolean isEmpty() {
        return empty;
    }

    public boolean contains(IpAddress address) {
        return (address.isV4() ? v4 : v6).contains(address);
    }

    /** Disjoint ranges (networks overlap only where one contains the other) of 128-bit numbers without sign, in rising order. */
    private static final class Ranges {

        private final long[] firstHighs;
        private final long[] firstLows;
        private final long[] lastHighs;
        private final long[] lastLows;
        private int size;

        Ranges(List<Cidr> networks) {
            int most = networks.size();
            firstHighs = new long[most];
            firstLows = new long[most];
            lastHighs = new long[most];
            lastLows = new long[most];
            Comparator<Cidr> byFirst = (a, b) -> compare(
                    a.network().high(),
                    a.network().low(),
                    b.network().high(),
                    b.network().low());
            // Of those that begin alike the widest comes first, since it is the one that holds the others.
            networks.stream().sorted(byFirst.thenComparing(Cidr::length)).forEach(this::append);
        }

        private void append(Cidr network) {
            IpAddress first = network.network();
            int length = first.isV4() ? 96 + network.length() : network.length();
            long lastHigh = length >= 64 ? first.high() : first.high() | -1L >>> length;
            long lastLow = length <= 64 ? -1L : length == 128 ? first.low() : first.low() | -1L >>> (length - 64);
            int before = size - 1;
            if (before >= 0 && compare(first.high(), first.low(), lastHighs[before], lastLows[before]) <= 0) {
                // Networks are disjoint or one contains the other, so this one, which isn't the wider, lies within.
                return;
            }
            firstHighs[size] = first.high();
            firstLows[size] = first.low();
            lastHighs[size] = lastHigh;
            lastLows[size] = lastLow;
            size++;
        }

        boolean contains(IpAddress address) {
            int below = 0;
            int above = size;
            // Looks for the last range that begins at or before the address.
            while (below < above) {
                int middle = (below + above) >>> 1;
                if (compare(firstHighs[middle], firstLows[middle], address.high(), address.low()) <= 0) {
                    below = middle + 1;
                } else {
                    above = middle;
                }
            }
            return below > 0 && compare(address.high(), address.low(), lastHighs[below - 1], lastLows[below - 1]) <= 0;
        }

        private static int compare(long high, long low, long otherHigh, long otherLow) {
            return high != otherHigh ? Long.compareUnsigned(high, otherHigh) : Long.compareUnsigned(low, otherLow);
        }
    }
}
