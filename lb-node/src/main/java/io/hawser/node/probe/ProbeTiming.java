package io.hawser.node.probe;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When a backend is probed. Asked on the prober's event loop, after the listener has heard the outcome before.
 *
 * <p>Implementations have value equality: a target with a timing that is not equal to the one before is a new target.
 */
public interface ProbeTiming {

    /** Nanoseconds from the arrival of the target to its first probe, 0 or more. */
    long firstDelayNanos(RandomGenerator random);

    /** Nanoseconds from the start of one probe to the start of the next, above 0. */
    long nextDelayNanos(RandomGenerator random);

    /** A probe every interval. */
    static ProbeTiming every(Duration interval) {
        return new Regular(interval);
    }

    /**
     * A probe every interval, jittered so that backends and nodes do not fall into step.
     *
     * <p>The first one comes within a second, however long the interval: until then the backend is a guess.
     *
     * @param interval mean time from start to start, 1 ms to a day; each is up to a tenth shorter or longer
     */
    record Regular(Duration interval) implements ProbeTiming {
        private static final double JITTER = 0.1;
        private static final long FIRST_WITHIN_NANOS = Duration.ofSeconds(1).toNanos();

        public Regular {
            if (interval.compareTo(Duration.ofMillis(1)) < 0 || interval.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException("a probe's interval must be 1 ms to a day, not " + interval);
            }
        }

        @Override
        public long firstDelayNanos(RandomGenerator random) {
            return random.nextLong(Math.min(FIRST_WITHIN_NANOS, interval.toNanos()));
        }

        @Override
        public long nextDelayNanos(RandomGenerator random) {
            return (long) (interval.toNanos() * (1 - JITTER + 2 * JITTER * random.nextDouble()));
        }
    }
}
