package io.hawser.node.vip;

/**
 * Does something before a point in time or not at all, even if this process is stopped between looking at the clock and
 * doing it.
 *
 * <p>A stopped process (SIGSTOP, a debugger, a long pause of the collector) goes on where it was, with what it had seen
 * before. So a timer of the kernel's is set first, which kills this process when it is too late for anything; then one
 * looks at the clock; then it is done; then one looks at the clock again, and undoes what turns out to have been late;
 * then the timer is taken away. A process that is stopped just then, for longer than is left, is dead before it can do
 * it, or dies with what it did: rare, and better than an address in two places. Its guard and its service manager see to
 * the rest.
 *
 * <p>One thread at a time: a process has one such timer. Nothing else in this process may use it.
 */
final class Deadline {

    private static final long[] NEVER = new long[4];
    /**
     * What counts as late: on a host that is overloaded a process stands still for some tens of milliseconds now and then,
     * and must not die of it.
     */
    private static final long LEAST_LEFT_NANOS = 120_000_000;

    private final Libc libc;

    Deadline(Libc libc) {
        this.libc = libc;
        // The first call takes long: what it needs is looked up then.
        stopTimer();
    }

    /**
     * Does it in time.
     *
     * @param notAfterNanos on {@link System#nanoTime()}: when it is late
     * @param diesAtNanos when it would be harmful even if it were undone at once; not before that
     * @param undo what is done when it was late
     * @return whether it was done, and in time
     */
    synchronized boolean act(long notAfterNanos, long diesAtNanos, Runnable what, Runnable undo) {
        try {
            long now = System.nanoTime();
            while (notAfterNanos - now > 0 && diesAtNanos - now > LEAST_LEFT_NANOS) {
                if (startTimer(now, diesAtNanos - now) && notAfterNanos - System.nanoTime() > 0) {
                    what.run();
                    if (notAfterNanos - System.nanoTime() > 0) {
                        return true;
                    }
                    undo.run();
                    return false;
                }
                now = System.nanoTime();
            }
            return false;
        } finally {
            stopTimer();
        }
    }

    /**
     * Sets the timer a tenth of what is left before the end, since it begins to count only when it is set.
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
