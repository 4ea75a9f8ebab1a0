package io.hawser.affinity;

import io.hawser.hash.Hash64;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

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

    /** Clearings that a segment remembers, for the seconds in which readers may have heard of them before it did. */
    private static final int MAX_CARRIED_OUT = 32;

    private final Stripe stripe;
    /** Ids of the clearings that this segment has carried out, the oldest first. */
    private final Set<Long> carriedOut = new LinkedHashSet<>(4);

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

    /** Takes in what a node tells, but for what has been cleared meanwhile. */
    public void merge(AffinityBatch batch, Clearings clearings, Limits limits, long nowMillis) {
        merge(clearings.sift(batch, nowMillis), limits, nowMillis);
    }

    /** Drops every expired entry. */
    public void expire(long ttlMillis, long nowMillis) {
        stripe.expire(nowMillis, ttlMillis, Integer.MAX_VALUE);
    }

    /** Forgets what is to be cleared, and says how many entries that were. */
    public synchronized int clear(Clearing clearing) {
        carriedOut.add(clearing.id());
        if (carriedOut.size() > MAX_CARRIED_OUT) {
            carriedOut.remove(carriedOut.iterator().next());
        }
        AffinityKey key = clearing.key();
        if (key != null) {
            return stripe.forget(key) ? 1 : 0;
        }
        return stripe.clear(clearing.backend());
    }

    /** The entries that have not expired; the one used last comes first. */
    public List<AffinityTable.Entry> entries(long ttlMillis, long nowMillis) {
        List<AffinityTable.Entry> entries = new ArrayList<>();
        stripe.collect(Integer.MAX_VALUE, nowMillis, ttlMillis, entries);
        return entries;
    }

    /** The entries of some buckets for a copy of the table, the one used longest ago first. */
    public synchronized AffinityBatch read(IntPredicate buckets, long ttlMillis, long nowMillis) {
        List<AffinityTable.Entry> entries = new ArrayList<>();
        List<AffinityTable.Entry> all = entries(ttlMillis, nowMillis);
        for (int i = all.size() - 1; i >= 0; i--) {
            if (buckets.test(bucketOf(all.get(i).key()))) {
                entries.add(all.get(i));
            }
        }
        return new AffinityBatch(entries, new KnownClearings(carriedOut, Long.MAX_VALUE));
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
