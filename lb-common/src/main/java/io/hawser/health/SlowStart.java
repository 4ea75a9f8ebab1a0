package io.hawser.health;

/**
 * The share of its weight that a backend has while it starts: from almost nothing up to all of it in equal steps, so
 * that caches fill and code warms before the full load comes.
 *
 * <p>Meant for a backend that was {@linkplain HealthTransition#readmits readmitted}, not for those that a starting node
 * finds up: it would only weigh all of them alike. A weight is a whole number, so a backend of weight 1 can't start
 * slowly; the default weight of 100 can.
 *
 * @param durationNanos from coming up to the full weight; 0: at once
 */
public record SlowStart(long durationNanos) {

    /** Each is a new table for the balancer: fewer of them spare the processor, more of them rise more evenly. */
    private static final int STEPS = 20;

    public SlowStart {
        if (durationNanos < 0) {
            throw new IllegalArgumentException("a slow start of " + durationNanos + " ns is negative");
        }
    }

    /**
     * The weight in force.
     *
     * @param weight the full weight, 0 or more
     * @param sinceUpNanos how long the backend has been up, 0 or more
     * @return between 1 and the full weight; 0 only when that is 0
     */
    public int weight(int weight, long sinceUpNanos) {
        int step = step(sinceUpNanos);
        return step >= STEPS || weight == 0 ? weight : Math.max(1, (int) ((long) weight * step / STEPS));
    }

    /** 0 in the first twentieth of the time, and so on; 20 once all of it is over. */
    private int step(long sinceUpNanos) {
        if (sinceUpNanos >= durationNanos) {
            return STEPS;
        }
        int step = (int) ((double) sinceUpNanos / durationNanos * STEPS);
        return Math.min(STEPS - 1, step);
    }
}
