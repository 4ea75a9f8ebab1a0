package io.hawser.hash;

import java.util.Arrays;

/**
 * Gives each key a small number, its slot, and keeps the slots in the order in which they were last listed, so that
 * its owner can hold the rest of an entry in arrays of its own at that slot and find the oldest at once.
 *
 * <p>A key is 128 bits and a tag. Everything is packed: about 33 bytes a slot. The arrays grow by half as they fill, up to
 * the bound, and are given up when the last key goes. Not safe for several threads: the owner locks.
 */
public final class SlotTable {

    /** No slot: the key is unknown, the table is full, or the list ends here. */
    public static final int NONE = -1;

    private static final int FIRST_CAPACITY = 16;
    /** Stands in {@link #older} where a slot is in use but not listed. */
    private static final int UNLISTED = -2;

    private final int maxSlots;
    private final long seed;

    private int[] heads = {};
    private int[] nexts = {};
    private long[] highs = {};
    private long[] lows = {};
    private byte[] tags = {};
    /** Towards the oldest. */
    private int[] olders = {};
    /** Towards the newest. */
    private int[] newers = {};

    private int newest = NONE;
    private int oldest = NONE;
    /** Free slots below {@link #fresh}, linked through {@link #nexts}. */
    private int free = NONE;
    /** From here on no slot has ever been used. */
    private int fresh;

    private int size;

    /**
     * An empty table.
     *
     * @param maxSlots the most keys it holds, at least 1
     * @param seed a secret of this process: who doesn't know it can't send keys that all fall into one place
     */
    public SlotTable(int maxSlots, long seed) {
        if (maxSlots < 1) {
            throw new IllegalArgumentException("a table of " + maxSlots + " slots holds nothing");
        }
        this.maxSlots = maxSlots;
        this.seed = seed;
    }

    /** The key's slot, or {@link #NONE}. */
    public int find(byte tag, long high, long low) {
        if (size == 0) {
            return NONE;
        }
        int slot = heads[place(tag, high, low)];
        while (slot != NONE && !(lows[slot] == low && highs[slot] == high && tags[slot] == tag)) {
            slot = nexts[slot];
        }
        return slot;
    }

    /**
     * Gives a slot to a key that has none, and lists it as the newest.
     *
     * @return {@link #NONE} when the table is full; otherwise below {@link #capacity()}, which may have grown
     */
    public int add(byte tag, long high, long low) {
        if (size == maxSlots) {
            return NONE;
        }
        if (size == capacity()) {
            grow();
        }
        int slot = free;
        if (slot == NONE) {
            slot = fresh++;
        } else {
            free = nexts[slot];
        }
        highs[slot] = high;
        lows[slot] = low;
        tags[slot] = tag;
        int place = place(tag, high, low);
        nexts[slot] = heads[place];
        heads[place] = slot;
        size++;
        olders[slot] = UNLISTED;
        listNewest(slot);
        return slot;
    }

    /** Takes the slot from its key. */
    public void remove(int slot) {
        unlist(slot);
        int place = place(tags[slot], highs[slot], lows[slot]);
        if (heads[place] == slot) {
            heads[place] = nexts[slot];
        } else {
            int before = heads[place];
            while (nexts[before] != slot) {
                before = nexts[before];
            }
            nexts[before] = nexts[slot];
        }
        nexts[slot] = free;
        free = slot;
        size--;
        if (size == 0) {
            giveUpMemory();
        }
    }

    /** Makes a slot in use the newest of the list, whether it was listed or not. */
    public void listNewest(int slot) {
        if (newest == slot) {
            return;
        }
        unlist(slot);
        olders[slot] = newest;
        newers[slot] = NONE;
        if (newest == NONE) {
            oldest = slot;
        } else {
            newers[newest] = slot;
        }
        newest = slot;
    }

    /**
     * Puts a slot that isn't listed just behind a newer one, or at the front when that is {@link #NONE}.
     *
     * @param newer a listed slot, or {@link #NONE}
     */
    public void listBelow(int slot, int newer) {
        if (newer == NONE) {
            listNewest(slot);
            return;
        }
        int older = olders[newer];
        olders[slot] = older;
        newers[slot] = newer;
        olders[newer] = slot;
        if (older == NONE) {
            oldest = slot;
        } else {
            newers[older] = slot;
        }
    }

    /** Whether a slot below {@link #capacity()} is in use and listed. */
    public boolean isListed(int slot) {
        return slot < fresh && olders[slot] != UNLISTED;
    }

    /** Takes a slot out of the list; its key keeps it. */
    public void unlist(int slot) {
        if (olders[slot] == UNLISTED) {
            return;
        }
        int older = olders[slot];
        int newer = newers[slot];
        if (older == NONE) {
            oldest = newer;
        } else {
            newers[older] = newer;
        }
        if (newer == NONE) {
            newest = older;
        } else {
            olders[newer] = older;
        }
        olders[slot] = UNLISTED;
    }

    /** The slot listed last, or {@link #NONE}. */
    public int newest() {
        return newest;
    }

    /** The slot listed first of those in the list, or {@link #NONE}. */
    public int oldest() {
        return oldest;
    }

    /** The slot listed just before this listed one, or {@link #NONE}. */
    public int older(int slot) {
        return olders[slot];
    }

    public byte tag(int slot) {
        return tags[slot];
    }

    public long high(int slot) {
        return highs[slot];
    }

    public long low(int slot) {
        return lows[slot];
    }

    public int size() {
        return size;
    }

    /** Slots there is room for now: the length that the owner's arrays need. */
    public int capacity() {
        return nexts.length;
    }

    private int place(byte tag, long high, long low) {
        return (int) Hash64.mix(high ^ seed, low + tag) & heads.length - 1;
    }

    private void grow() {
        int old = capacity();
        int capacity = (int) Math.min(maxSlots, Math.max(FIRST_CAPACITY, old * 3L / 2));
        nexts = Arrays.copyOf(nexts, capacity);
        highs = Arrays.copyOf(highs, capacity);
        lows = Arrays.copyOf(lows, capacity);
        tags = Arrays.copyOf(tags, capacity);
        olders = Arrays.copyOf(olders, capacity);
        newers = Arrays.copyOf(newers, capacity);
        int places = Integer.highestOneBit(capacity);
        if (places > heads.length) {
            heads = new int[places];
            Arrays.fill(heads, NONE);
            // Every slot below the old capacity is in use: the table was full.
            for (int slot = 0; slot < old; slot++) {
                int place = place(tags[slot], highs[slot], lows[slot]);
                nexts[slot] = heads[place];
                heads[place] = slot;
            }
        }
    }

    private void giveUpMemory() {
        free = NONE;
        fresh = 0;
        if (capacity() > FIRST_CAPACITY) {
            heads = new int[0];
            nexts = new int[0];
            highs = new long[0];
            lows = new long[0];
            tags = new byte[0];
            olders = new int[0];
            newers = new int[0];
        } else {
            Arrays.fill(heads, NONE);
        }
    }
}
