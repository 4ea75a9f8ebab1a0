package io.hawser.pool;

import java.util.concurrent.atomic.AtomicInteger;

/** The connections that this node has open, or opening, to one backend. Safe from any thread; outlives reloads. */
public final class Load {

    private final AtomicInteger connections = new AtomicInteger();

    public int connections() {
        return connections.get();
    }

    /**
     * Takes a place.
     *
     * @param max the most that may be taken; 0 is no limit
     * @return false when all are taken: then nothing has changed
     */
    public boolean tryAcquire(int max) {
        if (max == 0) {
            connections.incrementAndGet();
            return true;
        }
        // Never above the limit, not for a moment: whoever reads in between would see a backend that isn't full as
        // full.
        int now = connections.get();
        while (now < max) {
            if (connections.compareAndSet(now, now + 1)) {
                return true;
            }
            now = connections.get();
        }
        return false;
    }

    /** Gives a place back. */
    public void release() {
        connections.decrementAndGet();
    }
}
