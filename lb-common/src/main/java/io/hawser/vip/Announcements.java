package io.hawser.vip;

import java.util.List;

/**
 * When a new owner tells its neighbours where the address is now: at once, again for those that missed it, and then now
 * and again for ever, for a switch that forgot.
 *
 * @param delaysNanos since the address was there, rising
 * @param refreshNanos between two, once the list is done; 0: never again
 */
public record Announcements(List<Long> delaysNanos, long refreshNanos) {

    /** At 0, 0.1, 1 and 5 s, then every 30 s. A neighbour that has just learnt an address ignores others for 1 s. */
    public static final Announcements USUAL =
            new Announcements(List.of(0L, 100_000_000L, 1_000_000_000L, 5_000_000_000L), 30_000_000_000L);

    public Announcements {
        delaysNanos = List.copyOf(delaysNanos);
    }

    /**
     * When the next one is due.
     *
     * @param made how many were made, 0 or more
     * @return since the address was there; negative: none is due any more
     */
    public long delayNanos(int made) {
        if (made < delaysNanos.size()) {
            return delaysNanos.get(made);
        }
        if (refreshNanos == 0) {
            return -1;
        }
        long last = delaysNanos.isEmpty() ? 0 : delaysNanos.get(delaysNanos.size() - 1);
        return last + (made - delaysNanos.size() + 1) * refreshNanos;
    }
}
