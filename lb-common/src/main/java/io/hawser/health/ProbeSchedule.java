package io.hawser.health;

import java.util.random.RandomGenerator;

/**
 * When a backend is probed: never in step with the other backends or the other nodes, and sooner while its verdict
 * {@linkplain HealthMachine#wavers wavers}.
 *
 * @param intervalNanos between two probes as a rule, above 0
 * @param waveringIntervalNanos between two probes while the verdict wavers, above 0, at most the interval; the interval
 *     itself for no difference
 */
public record ProbeSchedule(long intervalNanos, long waveringIntervalNanos) {

    /** A delay differs from its interval by up to a tenth, either way; the mean is the interval. */
    private static final double JITTER = 0.1;

    public ProbeSchedule {
        if (waveringIntervalNanos <= 0 || intervalNanos < waveringIntervalNanos) {
            throw new IllegalArgumentException("an interval of " + intervalNanos + " ns, and of "
                    + waveringIntervalNanos + " ns while wavering, must be above 0, the first not below the second");
        }
    }

    /** How long to wait with the first probe: anything below the interval, so that many backends are spread over it. */
    public long firstDelayNanos(RandomGenerator random) {
        return random.nextLong(intervalNanos);
    }

    /** How long to wait from the begin of one probe to the next. */
    public long nextDelayNanos(boolean wavers, RandomGenerator random) {
        long interval = wavers ? waveringIntervalNanos : intervalNanos;
        return (long) (interval * (1 + JITTER * (2 * random.nextDouble() - 1)));
    }
}
