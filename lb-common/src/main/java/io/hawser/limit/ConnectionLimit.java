package io.hawser.limit;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts open connections up to a limit that may change while they are open. Safe from any thread. */
public final class ConnectionLimit {

    private final AtomicInteger open = new AtomicInteger();
    private volatile int max;

    /**
     * Nothing open.
     *
     * @param max connections at most; 0 is no limit
     */
    public ConnectionLimit(int max) {
        setMax(max);
    }

    /** Sets another limit; 0 is none. Connections above a lower one stay open. */
    public void setMax(int max) {
        if (max < 0) {
            throw new IllegalArgumentException("a limit of " + max + " connections is negative; 0 is no limit");
        }
        this.max = max;
    }

    /** The limit; 0 is none. */
    public int max() {
        return max;
    }

    public int open() {
        return open.get();
    }

    /** Takes a place; false when all are taken: then nothing has changed. */
    public boolean tryAcquire() {
        int limit = max;
        if (limit == 0) {
            open.incrementAndGet();
            return true;
        }
        int now = open.get();
        while (now < limit) {
            if (open.compareAndSet(now, now + 1)) {
                return true;
            }
            now = open.get();
        }
        return false;
    }

    /** Gives a place back: once for every one taken. */
    public void release() {
        open.decrementAndGet();
    }
}
