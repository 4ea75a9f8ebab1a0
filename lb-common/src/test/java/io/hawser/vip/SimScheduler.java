package io.hawser.vip;

import java.util.PriorityQueue;

/** Runs what was put into it in the order of a time of its own; what has the same time, in the order of arrival. */
final class SimScheduler {

    private final PriorityQueue<Entry> queue = new PriorityQueue<>(256);
    private long now;
    private long arrivals;

    private record Entry(long atNanos, long arrival, Runnable run) implements Comparable<Entry> {

        @Override
        public int compareTo(Entry other) {
            int order = Long.compare(atNanos, other.atNanos);
            return order != 0 ? order : Long.compare(arrival, other.arrival);
        }
    }

    long now() {
        return now;
    }

    void at(long atNanos, Runnable run) {
        queue.add(new Entry(Math.max(now, atNanos), arrivals++, run));
    }

    void after(long delayNanos, Runnable run) {
        at(now + delayNanos, run);
    }

    /** Runs until that time; what is due later stays. */
    void runUntil(long endNanos) {
        while (true) {
            Entry next = queue.peek();
            if (next == null || next.atNanos() > endNanos) {
                break;
            }
            queue.poll();
            now = next.atNanos();
            next.run().run();
        }
        now = endNanos;
    }
}
