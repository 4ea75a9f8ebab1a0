package io.hawser.vip;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.testing.Seeds;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LeaseTimingTest {

    @ParameterizedTest
    @CsvSource({"2500, 1, 208", "3000, 1, 250", "4000, 2, 333", "6000, 4, 500", "10000, 7, 833", "40000, 37, 1000"})
    void derivesSoundTimesFromTheSession(long sessionMillis, int lifetimeSeconds, long renewMillis) {
        LeaseTiming timing = LeaseTiming.of(TimeUnit.MILLISECONDS.toNanos(sessionMillis));
        assertThat(timing.problems()).isEmpty();
        assertThat(timing.lifetimeSeconds()).isEqualTo(lifetimeSeconds);
        assertThat(TimeUnit.NANOSECONDS.toMillis(timing.renewNanos())).isEqualTo(renewMillis);
        assertThat(timing.writeDeadlineNanos()).isEqualTo(timing.renewNanos());
    }

    @Test
    void isSoundForEverySessionThatIsNotTooShort() {
        Seeds.rounds(1000, random -> {
            LeaseTiming timing = LeaseTiming.of(TimeUnit.MILLISECONDS.toNanos(2500 + random.nextInt(60_000)));
            assertThat(timing.problems()).isEmpty();
        });
    }

    /** 0.2 s for the write, 1 s, and 1.25 s for the kernel, times 1.002 for two clocks that differ. */
    @Test
    void holdsOutForAllThatMayKeepTheAddress() {
        LeaseTiming timing = timing(3000, 1, 200, 200);
        assertThat(timing.holdOutNanos()).isBetween(2_454_900_000L, 2_454_900_001L);
        assertThat(timing.quietNanos()).isBetween(200_400_000L, 200_400_001L);
    }

    @Test
    void refusesAnAddressThatOutlivesItsSession() {
        assertThat(timing(3000, 2, 250, 250).problems())
                .singleElement()
                .asString()
                .contains("may stay for 3507 ms", "longer than the session timeout of 3000 ms", "session-timeout");
        assertThat(LeaseTiming.of(TimeUnit.SECONDS.toNanos(2)).problems())
                .as("no whole second fits")
                .isNotEmpty();
    }

    @Test
    void refusesALifetimeThatCannotBeRenewedInTime() {
        assertThat(timing(6000, 1, 600, 200).problems())
                .singleElement()
                .asString()
                .contains("is over before a renewal every 600 ms that may take 200 ms has 250 ms to spare");
        assertThat(timing(6000, 1, 550, 200).problems()).isEmpty();
    }

    @Test
    void refusesNoTimeAtAll() {
        assertThat(timing(3000, 0, 200, 200).problems()).isNotEmpty();
        assertThat(timing(3000, 1, 0, 200).problems()).isNotEmpty();
        assertThat(timing(3000, 1, 200, 0).problems()).isNotEmpty();
    }

    private static LeaseTiming timing(long sessionMillis, int lifetimeSeconds, long renewMillis, long deadlineMillis) {
        return new LeaseTiming(
                TimeUnit.MILLISECONDS.toNanos(sessionMillis),
                lifetimeSeconds,
                TimeUnit.MILLISECONDS.toNanos(renewMillis),
                TimeUnit.MILLISECONDS.toNanos(deadlineMillis));
    }
}
