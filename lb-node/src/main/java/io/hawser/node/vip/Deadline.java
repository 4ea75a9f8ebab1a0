package io.hawser.node.vip;

/**
 * Does something before a point in time or not at all, even if this process is stopped between looking at the clock and
 * doing it.
 *
 * <p>A stopped process (SIGSTOP, a debugger, a long pause of the collector) goes on where it was, with what it had seen
 * before. So a timer of the kernel's is set first, which kills this process at the deadline; then one looks at the clock;
 * then it is done; then the timer is taken away. A process that is stopped just then, for longer than is left, is dead
 * before it can do it: rare, and better than an address in two places. Its guard and its service manager see to the rest.
 *
 * <p>One thread at a time: a process has one such timer. Nothing else in this process may use it.
 */
final class Deadline {

    private static final long[] NEVER = new long[4];

    private final Libc libc;

    Deadline(Libc libc) {
        this.libc = libc;
        // The first call takes long: what it needs is looked up then.
        stopTimer();
    }

    /**
     * Does it in time.
     *
     * @param notAfterNanos on {@link System#nanoTime()}
     * @return whether it was done
     */
    synchronized boolean act(long notAfterNanos, Runnable what) {
        try {
            for (long now = System.nanoTime(); notAfterNanos - now > 0; now = System.nanoTime()) {
                if (startTimer(now, notAfterNanos - now)) {
                    what.run();
                    return true;
                }
            }
            return false;
        } finally {
            stopTimer();
        }
    }

    /**
     * Sets the timer a tenth of what is left before the deadline, since it begins to count only when it is set.
     *
     * @return whether that took no longer than that tenth, so that it is not late
     */
    private boolean startTimer(long nowNanos, long leftNanos) {
        long margin = leftNanos / 10;
        long micros = Math.max(1, (leftNanos - margin) / 1000);
        libc.setitimer(Libc.ITIMER_REAL, new long[] {0, 0, micros / 1_000_000, micros % 1_000_000}, new long[4]);
        return System.nanoTime() - nowNanos < margin;
    }

    private void stopTimer() {
        libc.setitimer(Libc.ITIMER_REAL, NEVER, new long[4]);
    }
}
