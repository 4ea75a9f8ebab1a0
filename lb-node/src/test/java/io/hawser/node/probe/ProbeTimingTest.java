package io.hawser.node.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.testing.Seeds;
import java.time.Duration;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class ProbeTimingTest {

    private static final ProbeTiming TIMING = ProbeTiming.every(Duration.ofSeconds(10));

    @Test
    void staysWithinATenthOfTheIntervalAndUsesAllOfIt() {
        Seeds.rounds(20, random -> {
            LongStream delays = LongStream.range(0, 1000).map(i -> TIMING.nextDelayNanos((RandomGenerator) random));
            var spread = delays.summaryStatistics();
            assertThat(spread.getMin()).isBetween(seconds(9), seconds(9.1));
            assertThat(spread.getMax()).isBetween(seconds(10.9), seconds(11));
            assertThat(spread.getAverage()).isBetween((double) seconds(9.9), (double) seconds(10.1));
        });
    }

    @Test
    void firstProbesAreSpreadOverASecondAtMost() {
        Seeds.rounds(20, random -> {
            var longInterval = LongStream.range(0, 1000)
                    .map(i -> TIMING.firstDelayNanos((RandomGenerator) random))
                    .summaryStatistics();
            assertThat(longInterval.getMin()).isBetween(0L, seconds(0.05));
            assertThat(longInterval.getMax()).isBetween(seconds(0.95), seconds(1));
            ProbeTiming often = ProbeTiming.every(Duration.ofMillis(100));
            assertThat(LongStream.range(0, 1000).map(i -> often.firstDelayNanos((RandomGenerator) random)))
                    .allMatch(delay -> delay >= 0 && delay < seconds(0.1));
        });
    }

    @Test
    void isEqualWhenItAsksForTheSame() {
        assertThat(ProbeTiming.every(Duration.ofMillis(1500))).isEqualTo(ProbeTiming.every(Duration.parse("PT1.5S")));
        assertThatThrownBy(() -> ProbeTiming.every(Duration.ZERO)).hasMessageContaining("1 ms to a day");
    }

    private static long seconds(double seconds) {
        return (long) (seconds * 1e9);
    }
}
