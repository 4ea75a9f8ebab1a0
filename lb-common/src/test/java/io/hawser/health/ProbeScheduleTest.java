package io.hawser.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.testing.Seeds;
import java.util.LongSummaryStatistics;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class ProbeScheduleTest {

    private static final long INTERVAL = 2_000_000_000L;
    private static final long WAVERING = 500_000_000L;

    private final ProbeSchedule schedule = new ProbeSchedule(INTERVAL, WAVERING);

    @Test
    void spreadsFirstProbesOverTheInterval() {
        Seeds.rounds(3, random -> {
            LongSummaryStatistics delays = LongStream.generate(() -> schedule.firstDelayNanos(random))
                    .limit(1000)
                    .summaryStatistics();
            assertThat(delays.getMin()).isBetween(0L, INTERVAL / 10);
            assertThat(delays.getMax()).isBetween(INTERVAL / 10 * 9, INTERVAL - 1);
        });
    }

    @Test
    void keepsNoStepWithOthers() {
        Seeds.rounds(3, random -> {
            assertJitter(INTERVAL, LongStream.generate(() -> schedule.nextDelayNanos(false, random)));
            assertJitter(WAVERING, LongStream.generate(() -> schedule.nextDelayNanos(true, random)));
        });
    }

    /** A tenth either way, all of it used, and the interval in the mean. */
    private static void assertJitter(long interval, LongStream delays) {
        LongSummaryStatistics some = delays.limit(2000).summaryStatistics();
        assertThat(some.getMin()).isBetween(interval * 90 / 100 - 1, interval * 92 / 100);
        assertThat(some.getMax()).isBetween(interval * 108 / 100, interval * 110 / 100 + 1);
        assertThat(some.getAverage()).isBetween(interval * 0.985, interval * 1.015);
    }

    @Test
    void probesSoonerWhileItWavers() {
        assertThatThrownBy(() -> new ProbeSchedule(WAVERING, INTERVAL)).hasMessageContaining("not below the second");
        assertThatThrownBy(() -> new ProbeSchedule(INTERVAL, 0)).hasMessageContaining("above 0");
        assertThat(new ProbeSchedule(INTERVAL, INTERVAL).waveringIntervalNanos())
                .isEqualTo(INTERVAL);
    }
}
