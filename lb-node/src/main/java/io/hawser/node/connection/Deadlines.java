package io.hawser.node.connection;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deadlines of one event loop's connections: a hashed wheel, so that setting and moving one costs no allocation
 * and no logarithm, however many connections are open.
 *
 * <p>Belongs to one event loop and is used from it only. A deadline fires at the first tick after its time, so at most
 * one tick late, never early. The clock is read once a tick; {@link #nowNanos} is that reading.
 */
final class Deadlines {

    private static final Logger log = LoggerFactory.getLogger(Deadlines.class);

    /** Time between two ticks; deadlines are this exact. */
    static final long TICK_NANOS = 50_000_000;

    private static final int SLOTS = 1024;

    /** Something that happens unless it is cancelled or moved before its time. Extended, not held, to save memory. */
    abstract static class Deadline {
        private long atNanos;
        private int slot = -1;
        private @Nullable Deadline previous;
        private @Nullable Deadline next;

        /** The time has come. The deadline is no longer set, and may be set again from here. */
        abstract void onDeadline(long nowNanos);
    }

    /** Where deadlines are while their slot is gone through. */
    private static final int VISITED = SLOTS;

    private final @Nullable Deadline[] heads = new @Nullable Deadline[SLOTS + 1];
    private final long startNanos;
    private long nowNanos;
    private long ticks;

    Deadlines(long nowNanos) {
        this.startNanos = nowNanos;
        this.nowNanos = nowNanos;
    }

    /** The time of the last tick, at most a tick old while the loop turns. */
    long nowNanos() {
        return nowNanos;
    }

    /** Sets or moves the deadline. */
    void set(Deadline deadline, long atNanos) {
        cancel(deadline);
        // The slot of the first tick that is not before the deadline.
        long tick = Math.max(ticks + 1, Math.floorDiv(atNanos - startNanos + TICK_NANOS - 1, TICK_NANOS));
        deadline.atNanos = atNanos;
        link(deadline, (int) (tick % SLOTS));
    }

    private void link(Deadline deadline, int slot) {
        Deadline head = heads[slot];
        deadline.slot = slot;
        deadline.next = head;
        if (head != null) {
            head.previous = deadline;
        }
        heads[slot] = deadline;
    }

    /** Unsets the deadline; without effect when it is not set. */
    void cancel(Deadline deadline) {
        if (deadline.slot < 0) {
            return;
        }
        Deadline previous = deadline.previous;
        Deadline next = deadline.next;
        if (previous == null) {
            heads[deadline.slot] = next;
        } else {
            previous.next = next;
        }
        if (next != null) {
            next.previous = previous;
        }
        deadline.previous = null;
        deadline.next = null;
        deadline.slot = -1;
    }

    /** Fires what is due. Called at least once a tick; after a pause it catches up. */
    void advance(long nowNanos) {
        this.nowNanos = nowNanos;
        long due = Math.floorDiv(nowNanos - startNanos, TICK_NANOS);
        // After a pause longer than a round every slot is visited once, which is all there is.
        long from = Math.max(ticks + 1, due - SLOTS + 1);
        // Set before firing, so that a deadline set anew from onDeadline lands in a later slot.
        ticks = Math.max(ticks, due);
        for (long tick = from; tick <= due; tick++) {
            fire((int) (tick % SLOTS), nowNanos);
        }
    }

    private void fire(int slot, long nowNanos) {
        // What fires may set, move or cancel any other deadline, so nobody walks along the list: each is taken off it
        // before it is looked at, and each is looked at once.
        take(slot);
        for (Deadline deadline = heads[VISITED]; deadline != null; deadline = heads[VISITED]) {
            cancel(deadline);
            if (deadline.atNanos > nowNanos) {
                link(deadline, slot);
                continue;
            }
            try {
                deadline.onDeadline(nowNanos);
            } catch (RuntimeException e) {
                // One that fails must not take the others along.
                log.error("a deadline failed by a defect in Hawser; please report it", e);
            }
        }
    }

    /** Moves a slot's deadlines to where they are while it is gone through. */
    private void take(int slot) {
        for (Deadline deadline = heads[slot]; deadline != null; deadline = heads[slot]) {
            cancel(deadline);
            link(deadline, VISITED);
        }
    }
}
