package io.hawser.limit;

import io.hawser.hash.SlotTable;
import io.hawser.limit.ClientLimiter.Admission;
import io.hawser.limit.ClientLimiter.Limits;
import io.hawser.net.IpAddress;
import java.util.Arrays;
import java.util.List;

/**
 * Some of a {@link ClientLimiter}'s clients, with a lock of their own.
 *
 * <p>The rate is kept as the generic cell rate algorithm does (ITU-T I.371), which is a token bucket in one number: the
 * time at which the bucket will be full again. Only clients without open connections are listed in the slot table, so
 * that the oldest of them can make place.
 */
final class ClientStripe {

    /** A bucket holds as many connections as a second brings. */
    private static final long BUCKET_NANOS = 1_000_000_000L;

    /** Idle clients that one admission clears away: more than it can add. */
    private static final int FORGOTTEN_AN_ADMISSION = 2;

    private static final byte NO_TAG = 0;

    private final SlotTable slots;
    private int[] open = {};
    private long[] fullAgainNanos = {};
    /** Connections since somebody last asked. */
    private int[] begun = {};

    ClientStripe(int maxClients, long hashSeed) {
        this.slots = new SlotTable(maxClients, hashSeed);
    }

    synchronized Admission tryAcquire(IpAddress client, Limits limits, long nowNanos) {
        int slot = slots.find(NO_TAG, client.high(), client.low());
        if (slot == SlotTable.NONE) {
            slot = add(client, nowNanos);
            if (slot == SlotTable.NONE) {
                return Admission.UNTRACKED;
            }
        } else if (limits.maxOpen() > 0 && open[slot] >= limits.maxOpen()) {
            return Admission.TOO_MANY_OPEN;
        }
        if (limits.newPerSecond() > 0) {
            long fullAgain = fullAgainNanos[slot] - nowNanos > 0 ? fullAgainNanos[slot] : nowNanos;
            long afterwards = fullAgain + BUCKET_NANOS / limits.newPerSecond();
            if (afterwards - nowNanos > BUCKET_NANOS) {
                return Admission.TOO_FAST;
            }
            fullAgainNanos[slot] = afterwards;
        }
        open[slot]++;
        begun[slot]++;
        slots.unlist(slot);
        return Admission.ADMITTED;
    }

    private int add(IpAddress client, long nowNanos) {
        for (int i = 0; i < FORGOTTEN_AN_ADMISSION; i++) {
            int oldest = slots.oldest();
            if (oldest == SlotTable.NONE || fullAgainNanos[oldest] - nowNanos > 0) {
                break;
            }
            remove(oldest);
        }
        int slot = slots.add(NO_TAG, client.high(), client.low());
        if (slot == SlotTable.NONE && slots.oldest() != SlotTable.NONE) {
            // Full: somebody's rate of the last second is forgotten rather than a client left uncounted.
            remove(slots.oldest());
            slot = slots.add(NO_TAG, client.high(), client.low());
        }
        if (slot == SlotTable.NONE) {
            return slot;
        }
        if (open.length != slots.capacity()) {
            open = Arrays.copyOf(open, slots.capacity());
            fullAgainNanos = Arrays.copyOf(fullAgainNanos, slots.capacity());
            begun = Arrays.copyOf(begun, slots.capacity());
        }
        open[slot] = 0;
        begun[slot] = 0;
        fullAgainNanos[slot] = nowNanos;
        return slot;
    }

    synchronized void release(IpAddress client) {
        int slot = slots.find(NO_TAG, client.high(), client.low());
        if (slot == SlotTable.NONE || open[slot] == 0) {
            throw new IllegalStateException("a connection of " + client + " is released that was never admitted");
        }
        open[slot]--;
        if (open[slot] == 0) {
            slots.listNewest(slot);
        }
    }

    /** Adds the clients that have or have begun at least so many, and counts what is begun anew. */
    synchronized void collect(int openAtLeast, int begunAtLeast, List<ClientUse> into) {
        for (int slot = 0; slot < open.length; slot++) {
            boolean taken = open[slot] > 0 || slots.isListed(slot);
            if (taken && (open[slot] >= openAtLeast || begun[slot] >= begunAtLeast)) {
                into.add(new ClientUse(new IpAddress(slots.high(slot), slots.low(slot)), open[slot], begun[slot]));
            }
            begun[slot] = 0;
        }
    }

    private void remove(int slot) {
        slots.remove(slot);
        if (slots.capacity() == 0) {
            open = new int[0];
            fullAgainNanos = new long[0];
            begun = new int[0];
        }
    }

    synchronized int size() {
        return slots.size();
    }
}
