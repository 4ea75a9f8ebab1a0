package io.hawser.cluster.traffic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What happened in each second. Safe from any thread. */
public final class Timeline {

    /** Answers of one second whose times are kept: more than a soak asks for. */
    private static final int MAX_TIMES = 5000;

    private static final int MAX_VIOLATIONS = 1000;

    private final Unrest clock;
    private final List<Second> seconds = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private long answers;
    private long explained;

    /** One of them. */
    public static final class Second {
        private int[] micros = new int[16];
        private int answers;
        private int errors;
        private double[] mebibytes = {};

        public int answers() {
            return answers;
        }

        public int errors() {
            return errors;
        }

        /** Resident memory of each node; 0 for one that is down. */
        public double[] mebibytes() {
            return mebibytes;
        }

        /** How long answers took, in milliseconds: the share of them that took no longer; 0 when there were none. */
        public double millis(double share) {
            int kept = Math.min(answers, micros.length);
            if (kept == 0) {
                return 0;
            }
            int[] sorted = Arrays.copyOf(micros, kept);
            Arrays.sort(sorted);
            return sorted[Math.min(kept - 1, (int) (share * kept))] / 1000.0;
        }
    }

    public Timeline(Unrest clock) {
        this.clock = clock;
    }

    private Second second() {
        int now = (int) TimeUnit.NANOSECONDS.toSeconds(clock.now());
        while (seconds.size() <= now) {
            seconds.add(new Second());
        }
        return seconds.get(now);
    }

    /** Something was answered rightly. */
    public synchronized void answer(long nanos) {
        Second second = second();
        if (second.answers == second.micros.length && second.answers < MAX_TIMES) {
            second.micros = Arrays.copyOf(second.micros, 2 * second.answers);
        }
        if (second.answers < second.micros.length) {
            second.micros[second.answers] = (int) TimeUnit.NANOSECONDS.toMicros(nanos);
        }
        second.answers++;
        answers++;
    }

    /** Something failed, as it may while a fault is in force. */
    public synchronized void explained() {
        second().errors++;
        explained++;
    }

    /** Something failed that must not. */
    public synchronized void violation(String what) {
        second().errors++;
        if (violations.size() < MAX_VIOLATIONS) {
            violations.add("%.1f s: %s".formatted(clock.now() / 1e9, what));
        }
    }

    public synchronized void memory(double[] mebibytes) {
        second().mebibytes = mebibytes;
    }

    public synchronized List<Second> seconds() {
        return List.copyOf(seconds);
    }

    public synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    public synchronized long answers() {
        return answers;
    }

    public synchronized long explainedErrors() {
        return explained;
    }
}
