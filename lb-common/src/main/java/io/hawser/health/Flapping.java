package io.hawser.health;

/**
 * Damps a backend that goes down and comes back again and again: the more often it has come back of late, the longer it
 * must do well before it does the next time. Twice is a restart that went wrong; more is a pattern, and each time costs the
 * backend's clients their connections.
 */
final class Flapping {

    /** What lies further back no longer counts. */
    static final long WINDOW_NANOS = 300_000_000_000L;

    /** So often it comes back as configured. */
    static final int FREE = 2;

    /** Each time more takes twice as many probes, up to 16 times as many. */
    static final int MAX_DOUBLINGS = 4;

    private final long[] times = new long[FREE - 1 + MAX_DOUBLINGS];
    private int count;

    /** The backend has come back. */
    void cameBack(long nowNanos) {
        times[count % times.length] = nowNanos;
        count++;
        if (count == 2 * times.length) {
            count = times.length;
        }
    }

    /** How many probes in a row must succeed now for it to come back, when {@code rise} are configured. */
    int rise(int rise, long nowNanos) {
        int lately = 0;
        for (int i = 0; i < Math.min(count, times.length); i++) {
            if (nowNanos - times[i] < WINDOW_NANOS) {
                lately++;
            }
        }
        return rise << Math.max(0, lately - (FREE - 1));
    }
}
