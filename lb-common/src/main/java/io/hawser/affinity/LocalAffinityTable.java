package io.hawser.affinity;

import io.hawser.hash.Hash64;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one node remembers in its own memory of a pool's sessions.
 *
 * <p>Packed into arrays that grow with use, about 50 to 75 bytes an entry. Divided into stripes by the key's hash,
 * each with a lock that is held for less than a microsecond, except while its arrays grow. When the table is full, the
 * entry that goes is the one used longest ago within the new key's stripe; stripes fill unevenly by chance, so a large
 * table begins to evict at about 97 % of its bound. Expired entries are cleared away by later uses of their stripe,
 * and by {@link #sweep}; nobody sees them in between but {@link #size}.
 */
public final class LocalAffinityTable implements AffinityTable {

    private static final int MAX_STRIPES = 64;

    /** Below twice as many entries there is one stripe, and eviction is exactly by age. */
    private static final int ENTRIES_A_STRIPE = 1024;

    /** Entries that are dropped under one hold of a lock. */
    private static final int BATCH = 256;

    private final Stripe[] stripes;
    private final long hashSeed;
    private volatile long ttlMillis;

    /**
     * An empty table; takes memory only as it fills.
     *
     * @param ttlMillis how long an entry lives since its last use, above 0
     * @param maxEntries the bound, above 0
     * @param hashSeed a random number kept secret: without it, clients could choose addresses that all fall into one
     *     place of the table
     */
    public LocalAffinityTable(long ttlMillis, int maxEntries, long hashSeed) {
        check(ttlMillis, maxEntries);
        int count = Math.min(MAX_STRIPES, Integer.highestOneBit(Math.max(1, maxEntries / ENTRIES_A_STRIPE)));
        this.stripes = new Stripe[count];
        for (int i = 0; i < count; i++) {
            stripes[i] = new Stripe(hashSeed, share(maxEntries, i));
        }
        this.ttlMillis = ttlMillis;
        this.hashSeed = hashSeed;
    }

    private static void check(long ttlMillis, int maxEntries) {
        if (ttlMillis <= 0 || maxEntries <= 0) {
            throw new IllegalArgumentException(
                    "a ttl of " + ttlMillis + " ms and " + maxEntries + " entries must both be above 0");
        }
    }

    /** The stripes' bounds sum up to the table's. */
    private int share(int maxEntries, int stripe) {
        return maxEntries / stripes.length + (stripe < maxEntries % stripes.length ? 1 : 0);
    }

    /**
     * Sets another time to live and another bound (at least an entry for each of up to 64 stripes), and keeps the entries;
     * what is too much goes, the oldest first.
     *
     * @throws IllegalArgumentException unless both are above 0
     */
    public void reconfigure(long ttlMillis, int maxEntries) {
        check(ttlMillis, maxEntries);
        this.ttlMillis = ttlMillis;
        for (int i = 0; i < stripes.length; i++) {
            int share = Math.max(1, share(maxEntries, i));
            int dropped = BATCH;
            while (dropped == BATCH) {
                dropped = stripes[i].bound(share, BATCH);
            }
        }
    }

    @Override
    public @Nullable String find(AffinityKey key, long nowMillis) {
        return stripe(key).find(key, nowMillis, ttlMillis);
    }

    @Override
    public @Nullable Entry lookUp(AffinityKey key, long nowMillis) {
        return stripe(key).lookUp(key, nowMillis, ttlMillis);
    }

    /** {@inheritDoc} Here the answer is always there at once. */
    @Override
    public CompletionStage<String> claim(AffinityKey key, String backend, long nowMillis) {
        return CompletableFuture.completedStage(stripe(key).claim(key, backend, nowMillis, ttlMillis));
    }

    @Override
    public void used(AffinityKey key, String backend, long nowMillis) {
        use(key, backend, nowMillis);
    }

    /**
     * Notes a use, as {@link #used} does.
     *
     * @return whether other nodes should be told of it: often enough that the entry lives on there too, not for each use
     */
    public boolean use(AffinityKey key, String backend, long nowMillis) {
        return stripe(key).used(key, backend, nowMillis, ttlMillis);
    }

    /**
     * Takes in what another node knows: of two entries for one key the one used last stays.
     *
     * @return whether anything has changed
     */
    public boolean merge(Entry entry, long nowMillis) {
        return stripe(entry.key()).merge(entry, nowMillis, ttlMillis);
    }

    /**
     * Shows every live entry to a visitor, in no order; one that comes or goes meanwhile may be shown or not. Locks are
     * held for a few hundred entries at a time, never while the visitor runs.
     */
    public void forEach(long nowMillis, Consumer<Entry> visitor) {
        List<Entry> batch = new ArrayList<>(BATCH);
        for (Stripe stripe : stripes) {
            int from = 0;
            while (from >= 0) {
                batch.clear();
                from = stripe.collect(from, BATCH, nowMillis, ttlMillis, batch);
                batch.forEach(visitor);
            }
        }
    }

    @Override
    public boolean forget(AffinityKey key) {
        return stripe(key).forget(key);
    }

    @Override
    public int clear(@Nullable String backend) {
        int cleared = 0;
        for (Stripe stripe : stripes) {
            cleared += stripe.clear(backend);
        }
        return cleared;
    }

    /**
     * Drops every expired entry and says how many. Nothing depends on it being called, but a table that nobody uses
     * keeps its memory until it is; once a minute is plenty.
     */
    public int sweep(long nowMillis) {
        int dropped = 0;
        for (Stripe stripe : stripes) {
            int batch = BATCH;
            while (batch == BATCH) {
                batch = stripe.expire(nowMillis, ttlMillis, BATCH);
                dropped += batch;
            }
        }
        return dropped;
    }

    @Override
    public int size() {
        int size = 0;
        for (Stripe stripe : stripes) {
            size += stripe.size();
        }
        return size;
    }

    @Override
    public long evictions() {
        long evictions = 0;
        for (Stripe stripe : stripes) {
            evictions += stripe.evictions();
        }
        return evictions;
    }

    @Override
    public List<Entry> entries(int limit, long nowMillis) {
        List<Entry> entries = new ArrayList<>();
        for (Stripe stripe : stripes) {
            stripe.collect(limit, nowMillis, ttlMillis, entries);
        }
        entries.sort(Comparator.comparingLong(Entry::lastUsedMillis).reversed());
        return List.copyOf(entries.subList(0, Math.min(Math.max(limit, 0), entries.size())));
    }

    private Stripe stripe(AffinityKey key) {
        // Upper bits, and of another mix than the stripe's own table goes by: the two must not depend on each other.
        return stripes[(int) (Hash64.mix(key.hash(), hashSeed) >>> 32) & stripes.length - 1];
    }
}
