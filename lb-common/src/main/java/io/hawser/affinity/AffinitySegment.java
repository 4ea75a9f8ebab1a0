package io.hawser.affinity;

import io.hawser.hash.Hash64;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One part of the table that the nodes of a cluster share for a pool: the authoritative copy of the entries whose keys
 * fall into it. Where it lives, changes to it come one after another.
 *
 * <p>A table is divided into {@link #COUNT} segments, by a hash that is the same on every node. Safe from any thread.
 */
public final class AffinitySegment {

    /** Enough that one is small, few enough that asking all of them costs little. A power of two. */
    public static final int COUNT = 256;

    /** Parts of a segment that are compared by themselves, so that one difference moves few entries. A power of two. */
    public static final int BUCKETS = 64;

    private final Stripe stripe;

    /**
     * An empty segment.
     *
     * @param hashSeed a secret of this process
     */
    public AffinitySegment(long hashSeed) {
        this.stripe = new Stripe(hashSeed, Integer.MAX_VALUE);
    }

    /** The segment that a key falls into, 0 to {@link #COUNT} - 1. */
    public static int of(AffinityKey key) {
        return (int) (key.hash() >>> 40) & COUNT - 1;
    }

    /** The bucket of its segment that a key falls into, 0 to {@link #BUCKETS} - 1. */
    public static int bucketOf(AffinityKey key) {
        return (int) (key.hash() >>> 52) & BUCKETS - 1;
    }

    /**
     * The most entries that a segment may hold so that all together hold the table's bound. Segments fill unevenly by
     * chance: a table that is just full evicts nothing yet.
     */
    public static int bound(int maxEntries) {
        double mean = (double) maxEntries / COUNT;
        return (int) Math.ceil(mean + 4 * Math.sqrt(mean));
    }

    /** Ties a key that nobody knows to a backend; answers the one that it is tied to now. */
    public String claim(AffinityKey key, String backend, Limits limits, long nowMillis) {
        stripe.bound(limits.maxEntries(), Integer.MAX_VALUE);
        return stripe.claim(key, backend, nowMillis, limits.ttlMillis());
    }

    /** Takes entries in: of two that name the same key the one that was used last stays. */
    public void merge(List<AffinityTable.Entry> entries, Limits limits, long nowMillis) {
        stripe.bound(limits.maxEntries(), Integer.MAX_VALUE);
        for (AffinityTable.Entry entry : entries) {
            stripe.merge(entry, nowMillis, limits.ttlMillis());
        }
        stripe.expire(nowMillis, limits.ttlMillis(), 4 * entries.size());
    }

    /** Drops every expired entry. */
    public void expire(long ttlMillis, long nowMillis) {
        stripe.expire(nowMillis, ttlMillis, Integer.MAX_VALUE);
    }

    /** Forgets a key; says whether it was known. */
    public boolean forget(AffinityKey key) {
        return stripe.forget(key);
    }

    /** Forgets all that is tied to a backend, or everything when it is null, and says how many. */
    public int clear(@Nullable String backend) {
        return stripe.clear(backend);
    }

    /** The entries that have not expired; the one used last comes first. */
    public List<AffinityTable.Entry> entries(long ttlMillis, long nowMillis) {
        List<AffinityTable.Entry> entries = new ArrayList<>();
        stripe.collect(Integer.MAX_VALUE, nowMillis, ttlMillis, entries);
        return entries;
    }

    /** For each bucket a number that is the same, on any node, where the same keys are tied to the same backends. */
    public long[] digests(long ttlMillis, long nowMillis) {
        long[] digests = new long[BUCKETS];
        for (AffinityTable.Entry entry : entries(ttlMillis, nowMillis)) {
            digests[bucketOf(entry.key())] += digest(entry);
        }
        return digests;
    }

    /** What one entry adds to its bucket's digest. */
    public static long digest(AffinityTable.Entry entry) {
        return Hash64.mix(entry.key().hash(), Hash64.of(entry.backend(), 0));
    }

    public int size() {
        return stripe.size();
    }

    /**
     * What holds for every segment of a table.
     *
     * @param ttlMillis since an entry's last use
     * @param maxEntries of one segment
     */
    public record Limits(long ttlMillis, int maxEntries) {}
}
