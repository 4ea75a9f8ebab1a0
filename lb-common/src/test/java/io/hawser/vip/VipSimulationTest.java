package io.hawser.vip;

import io.hawser.testing.Seeds;
import org.junit.jupiter.api.Test;

/**
 * Whole clusters, in one thread, with everything that goes wrong with networks, processes, clocks and ZooKeeper; after
 * every event no address may have two holders, and when nothing goes wrong any more, each must have one.
 *
 * <p>{@code -Dhawser.vip.runs=100000} runs so many, in about a minute; a run that fails says its seed, and
 * {@code -Dhawser.seed=SEED} replays it. That the simulation finds what it is for, {@link MutationTest} shows.
 */
final class VipSimulationTest {

    private static final int RUNS = Integer.getInteger("hawser.vip.runs", 2000);

    @Test
    void neverTwoHoldersAndOneWhenAllIsWell() {
        Seeds.rounds(RUNS, random -> new SimWorld(random, Mutation.NONE).run());
    }
}
