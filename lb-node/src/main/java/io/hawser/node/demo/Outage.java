package io.hawser.node.demo;

/**
 * How long clients were without service after something happened: from the beginning of a request that failed to the
 * beginning of the next that was answered, the longest such time. Pure; times are System.nanoTime's.
 */
final class Outage {

    private boolean dark;
    private long darkSince;
    private long lastFailure;
    private long longest;
    private long failures;

    /** Requests are told as they end, not as they begin. */
    void failed(long begun) {
        failures++;
        if (!dark) {
            dark = true;
            darkSince = begun;
            lastFailure = begun;
        } else {
            darkSince = begun - darkSince < 0 ? begun : darkSince;
            lastFailure = begun - lastFailure > 0 ? begun : lastFailure;
        }
    }

    void answered(long begun) {
        // One that began before the last that failed says nothing of the time after it.
        if (dark && begun - lastFailure > 0) {
            longest = Math.max(longest, begun - darkSince);
            dark = false;
        }
    }

    /** Whether nothing was answered since a request failed. */
    boolean dark() {
        return dark;
    }

    long failures() {
        return failures;
    }

    /** The longest time without service that is over. */
    long longestNanos() {
        return longest;
    }
}
