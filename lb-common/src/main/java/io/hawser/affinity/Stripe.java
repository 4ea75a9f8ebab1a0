package io.hawser.affinity;

import io.hawser.hash.SlotTable;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One part of a {@link LocalAffinityTable}, with a lock of its own that is held for some tens of instructions.
 *
 * <p>All entries live equally long since their last use, so the order of use is the order of expiry: what has expired
 * is always at the old end of the list.
 */
final class Stripe {

    /** Expired entries that one use clears away: more than it can add. */
    private static final int EXPIRED_A_USE = 4;

    /** Within its time to live, an entry in constant use is told of so often. */
    private static final int TOUCHES = 16;

    /** How far from the newest entry the place of a merged one is looked for. */
    private static final int MERGE_STEPS = 64;

    private final SlotTable slots;
    private final Names backends = new Names();
    private int[] backendNumbers = {};
    private long[] lastUsed = {};
    private int maxEntries;
    private long evictions;

    /**
     * An empty stripe.
     *
     * @param hashSeed a secret of this process
     * @param maxEntries the bound until {@link #bound} sets another
     */
    Stripe(long hashSeed, int maxEntries) {
        this.slots = new SlotTable(Integer.MAX_VALUE, hashSeed);
        this.maxEntries = maxEntries;
    }

    synchronized @Nullable String find(AffinityKey key, long nowMillis, long ttlMillis) {
        int slot = slot(key);
        return slot == SlotTable.NONE || expired(slot, nowMillis, ttlMillis)
                ? null
                : backends.name(backendNumbers[slot]);
    }

    synchronized AffinityTable.@Nullable Entry lookUp(AffinityKey key, long nowMillis, long ttlMillis) {
        int slot = slot(key);
        return slot == SlotTable.NONE || expired(slot, nowMillis, ttlMillis) ? null : entry(slot);
    }

    synchronized String claim(AffinityKey key, String backend, long nowMillis, long ttlMillis) {
        int slot = slot(key);
        if (slot != SlotTable.NONE && !expired(slot, nowMillis, ttlMillis)) {
            return backends.name(backendNumbers[slot]);
        }
        used(key, backend, nowMillis, ttlMillis);
        return backend;
    }

    /**
     * Notes a use.
     *
     * @return whether others should be told: the key is new or tied to another backend than before, or it was last used
     *     in another sixteenth of the time to live, so that telling them now keeps the entry alive there as well
     */
    synchronized boolean used(AffinityKey key, String backend, long nowMillis, long ttlMillis) {
        // First, so that none of these counts as dropped for want of space.
        expire(nowMillis, ttlMillis, EXPIRED_A_USE);
        int slot = slot(key);
        boolean news = true;
        if (slot == SlotTable.NONE) {
            slot = add(key);
            backendNumbers[slot] = backends.acquire(backend);
            lastUsed[slot] = nowMillis;
        } else {
            if (!backends.name(backendNumbers[slot]).equals(backend)) {
                backends.release(backendNumbers[slot]);
                backendNumbers[slot] = backends.acquire(backend);
            } else {
                long touch = Math.max(1, ttlMillis / TOUCHES);
                news = Math.floorDiv(lastUsed[slot], touch) != Math.floorDiv(nowMillis, touch);
            }
            // Threads may bring their times in a little late.
            lastUsed[slot] = Math.max(lastUsed[slot], nowMillis);
            slots.listNewest(slot);
        }
        return news;
    }

    /**
     * Takes in what another node knows of a key: of two entries the one used last stays, and of two used at the same
     * time the one with the smaller backend's id, so that all nodes come to the same.
     *
     * @return whether anything has changed
     */
    synchronized boolean merge(AffinityTable.Entry entry, long nowMillis, long ttlMillis) {
        if (nowMillis - entry.lastUsedMillis() >= ttlMillis) {
            return false;
        }
        expire(nowMillis, ttlMillis, EXPIRED_A_USE);
        int slot = slot(entry.key());
        if (slot == SlotTable.NONE) {
            if (slots.size() >= maxEntries && lastUsed[slots.oldest()] > entry.lastUsedMillis()) {
                // It would be the one to go.
                return false;
            }
            slot = add(entry.key());
            backendNumbers[slot] = backends.acquire(entry.backend());
        } else {
            int order = Long.compare(entry.lastUsedMillis(), lastUsed[slot]);
            String known = backends.name(backendNumbers[slot]);
            if (order < 0 || (order == 0 && known.compareTo(entry.backend()) <= 0)) {
                return false;
            }
            if (!known.equals(entry.backend())) {
                backends.release(backendNumbers[slot]);
                backendNumbers[slot] = backends.acquire(entry.backend());
            }
        }
        lastUsed[slot] = entry.lastUsedMillis();
        listByUse(slot);
        return true;
    }

    /**
     * Puts a slot where it belongs in the order of use. What is merged was mostly used just now; what was used long ago
     * is put a bit too far to the front, so that a table that is loaded whole takes no time in the square of its size.
     */
    private void listByUse(int slot) {
        slots.unlist(slot);
        int newer = SlotTable.NONE;
        int older = slots.newest();
        for (int i = 0; i < MERGE_STEPS && older != SlotTable.NONE && lastUsed[older] > lastUsed[slot]; i++) {
            newer = older;
            older = slots.older(older);
        }
        slots.listBelow(slot, newer);
    }

    /** Adds the live entries in a range of slots to the list; says where the next range begins, or -1 at the end. */
    synchronized int collect(int fromSlot, int count, long nowMillis, long ttlMillis, List<AffinityTable.Entry> into) {
        int end = (int) Math.min(slots.capacity(), (long) fromSlot + count);
        for (int slot = fromSlot; slot < end; slot++) {
            if (slots.isListed(slot) && !expired(slot, nowMillis, ttlMillis)) {
                into.add(entry(slot));
            }
        }
        return end >= slots.capacity() ? -1 : end;
    }

    private AffinityTable.Entry entry(int slot) {
        AffinityKey key = new AffinityKey(AffinityKey.Kind.ofCode(slots.tag(slot)), slots.high(slot), slots.low(slot));
        return new AffinityTable.Entry(key, backends.name(backendNumbers[slot]), lastUsed[slot]);
    }

    private int add(AffinityKey key) {
        while (slots.size() >= maxEntries) {
            remove(slots.oldest());
            evictions++;
        }
        int slot = slots.add(key.kind().code(), key.high(), key.low());
        if (backendNumbers.length != slots.capacity()) {
            backendNumbers = Arrays.copyOf(backendNumbers, slots.capacity());
            lastUsed = Arrays.copyOf(lastUsed, slots.capacity());
        }
        return slot;
    }

    synchronized boolean forget(AffinityKey key) {
        int slot = slot(key);
        if (slot == SlotTable.NONE) {
            return false;
        }
        remove(slot);
        return true;
    }

    synchronized int clear(@Nullable String backend) {
        int number = backend == null ? -1 : backends.find(backend);
        if (backend != null && number < 0) {
            return 0;
        }
        int cleared = 0;
        int slot = slots.newest();
        while (slot != SlotTable.NONE) {
            int older = slots.older(slot);
            if (backend == null || backendNumbers[slot] == number) {
                remove(slot);
                cleared++;
            }
            slot = older;
        }
        return cleared;
    }

    /** Drops expired entries, the oldest first, and says how many; fewer than the most there may be means all. */
    synchronized int expire(long nowMillis, long ttlMillis, int most) {
        int dropped = 0;
        while (dropped < most && slots.oldest() != SlotTable.NONE && expired(slots.oldest(), nowMillis, ttlMillis)) {
            remove(slots.oldest());
            dropped++;
        }
        return dropped;
    }

    /** Sets the bound; while there are more, drops the oldest, at most so many, and says how many. */
    synchronized int bound(int maxEntries, int most) {
        this.maxEntries = maxEntries;
        int dropped = 0;
        while (dropped < most && slots.size() > maxEntries) {
            remove(slots.oldest());
            evictions++;
            dropped++;
        }
        return dropped;
    }

    /** Adds the newest live entries to the list, at most so many. */
    synchronized void collect(int most, long nowMillis, long ttlMillis, List<AffinityTable.Entry> into) {
        int slot = slots.newest();
        for (int i = 0; i < most && slot != SlotTable.NONE; i++) {
            if (!expired(slot, nowMillis, ttlMillis)) {
                into.add(entry(slot));
            }
            slot = slots.older(slot);
        }
    }

    synchronized int size() {
        return slots.size();
    }

    synchronized long evictions() {
        return evictions;
    }

    private int slot(AffinityKey key) {
        return slots.find(key.kind().code(), key.high(), key.low());
    }

    private boolean expired(int slot, long nowMillis, long ttlMillis) {
        return nowMillis - lastUsed[slot] >= ttlMillis;
    }

    private void remove(int slot) {
        backends.release(backendNumbers[slot]);
        slots.remove(slot);
        if (slots.capacity() == 0) {
            backendNumbers = new int[0];
            lastUsed = new long[0];
        }
    }
}
