package io.hawser.node.pool;

import io.hawser.node.metrics.BackendMetrics;

/** How much of what is counted of a backend came in the last ten seconds. One thread; given a look about each second. */
public final class RecentRates {

    /** Ten seconds lie between eleven looks. */
    private static final int LOOKS = 11;

    private final long[] nanos = new long[LOOKS];
    private final long[] connections = new long[LOOKS];
    private final long[] bytesIn = new long[LOOKS];
    private final long[] bytesOut = new long[LOOKS];
    private int looks;

    /**
     * Means over the time between the first and the last look that are remembered.
     *
     * @param connections made a second
     * @param bytesIn a second
     * @param bytesOut a second
     */
    public record Means(double connections, double bytesIn, double bytesOut) {}

    void sample(long nowNanos, BackendMetrics metrics) {
        int at = looks % LOOKS;
        nanos[at] = nowNanos;
        connections[at] = metrics.connections();
        bytesIn[at] = metrics.bytesIn();
        bytesOut[at] = metrics.bytesOut();
        looks++;
        if (looks == 2 * LOOKS) {
            looks = LOOKS;
        }
    }

    Means means() {
        if (looks < 2) {
            return new Means(0, 0, 0);
        }
        int last = (looks - 1) % LOOKS;
        int first = looks <= LOOKS ? 0 : looks % LOOKS;
        double seconds = (nanos[last] - nanos[first]) / 1e9;
        if (seconds <= 0) {
            return new Means(0, 0, 0);
        }
        return new Means(
                (connections[last] - connections[first]) / seconds,
                (bytesIn[last] - bytesIn[first]) / seconds,
                (bytesOut[last] - bytesOut[first]) / seconds);
    }
}
