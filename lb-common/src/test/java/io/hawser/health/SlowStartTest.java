package io.hawser.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.testing.Seeds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SlowStartTest {

    private static final long DURATION = 30_000_000_000L;

    @ParameterizedTest
    @CsvSource({
        "100, 0, 1",
        "100, 1499999999, 1",
        "100, 1500000000, 5",
        "100, 3000000000, 10",
        "100, 15000000000, 50",
        "100, 29999999999, 95",
        "100, 30000000000, 100",
        "100, 9000000000000000000, 100",
        "1000, 1500000000, 50",
        "10, 1500000000, 1",
        "10, 3000000000, 1",
        "10, 6000000000, 2",
        "1, 0, 1",
        "0, 0, 0",
        "0, 15000000000, 0",
    })
    void raisesTheWeightInSteps(int weight, long sinceUpNanos, int inForce) {
        assertThat(new SlowStart(DURATION).weight(weight, sinceUpNanos)).isEqualTo(inForce);
    }

    @Test
    void isOverAtOnceWhenItLastsNoTime() {
        assertThat(new SlowStart(0).weight(100, 0)).isEqualTo(100);
        assertThatThrownBy(() -> new SlowStart(-1)).hasMessageContaining("-1 ns");
    }

    @Test
    void neverLowersTheWeightAndReachesAllOfIt() {
        Seeds.rounds(500, random -> {
            SlowStart slowStart = new SlowStart(random.nextLong(1, 1L << random.nextInt(2, 62)));
            int weight = random.nextInt(1, 1001);
            int before = 1;
            for (int i = 0; i <= 100; i++) {
                int inForce = slowStart.weight(weight, slowStart.durationNanos() / 100 * i);
                assertThat(inForce).isBetween(before, weight);
                before = inForce;
            }
            assertThat(slowStart.weight(weight, slowStart.durationNanos())).isEqualTo(weight);
        });
    }
}
