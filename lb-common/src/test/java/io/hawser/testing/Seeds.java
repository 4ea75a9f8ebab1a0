package io.hawser.testing;

import java.util.Random;

/**
 * Runs a property on random input, round by round, each from a seed of its own.
 *
 * <p>A round that fails says its seed; {@code -Dhawser.seed=SEED} with the test's name replays just that round. So a
 * property must draw all its chance from the generator that it is given. An ordinary build has few rounds, and draws
 * others each time; {@code -Dhawser.rounds=100} makes them a hundred times as many.
 */
public final class Seeds {

    private static final String REPLAY = "hawser.seed";
    private static final String TIMES = "hawser.rounds";

    /** What must hold, whatever the generator draws. */
    public interface Property {
        void check(Random random) throws Exception;
    }

    private Seeds() {}

    /**
     * Checks the property so many times, with seeds that differ from run to run.
     *
     * @throws AssertionError when a round fails, with its seed and its cause
     */
    public static void rounds(int rounds, Property property) {
        Long replayed = Long.getLong(REPLAY);
        long first = replayed == null ? System.nanoTime() : replayed;
        long count = replayed == null ? (long) rounds * Integer.getInteger(TIMES, 1) : 1;
        for (long seed = first; seed < first + count; seed++) {
            try {
                property.check(new Random(seed));
            } catch (Exception | AssertionError | StackOverflowError e) {
                throw new AssertionError("replay with -D" + REPLAY + "=" + seed + ": " + e.getMessage(), e);
            }
        }
    }
}
