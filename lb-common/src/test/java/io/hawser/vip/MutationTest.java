package io.hawser.vip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The simulation itself is tested: whichever of the rules a node breaks, it sees two holders, an epoch that is over, or
 * an address that nobody holds. What one run rarely meets is looked for in many.
 */
final class MutationTest {

    private static final int MOST_RUNS = 30_000;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void theSimulationFinds(Mutation mutation) {
        Throwable found = null;
        for (long i = 0; i < MOST_RUNS && found == null; i++) {
            long seed = mutation.seed() + i;
            found = catchThrowable(() -> new SimWorld(new Random(seed), mutation).run());
        }
        assertThat(found).as("a node that %s", mutation).isInstanceOf(AssertionError.class);
    }
}
