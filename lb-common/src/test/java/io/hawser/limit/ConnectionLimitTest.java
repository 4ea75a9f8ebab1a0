package io.hawser.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.testing.Threads;
import org.junit.jupiter.api.Test;

final class ConnectionLimitTest {

    @Test
    void letsInUpToTheLimit() {
        ConnectionLimit limit = new ConnectionLimit(2);
        assertThat(limit.tryAcquire()).isTrue();
        assertThat(limit.tryAcquire()).isTrue();
        assertThat(limit.tryAcquire()).isFalse();
        assertThat(limit.open()).isEqualTo(2);
        limit.release();
        assertThat(limit.open()).isEqualTo(1);
        assertThat(limit.tryAcquire()).isTrue();
    }

    @Test
    void countsWithoutALimitToo() {
        ConnectionLimit limit = new ConnectionLimit(0);
        for (int i = 0; i < 1000; i++) {
            assertThat(limit.tryAcquire()).isTrue();
        }
        assertThat(limit.open()).isEqualTo(1000);
        limit.setMax(1000);
        assertThat(limit.max()).isEqualTo(1000);
        assertThat(limit.tryAcquire()).as("those from before count").isFalse();
    }

    @Test
    void keepsWhatIsOpenAboveALowerLimit() {
        ConnectionLimit limit = new ConnectionLimit(3);
        for (int i = 0; i < 3; i++) {
            limit.tryAcquire();
        }
        limit.setMax(1);
        assertThat(limit.open()).isEqualTo(3);
        limit.release();
        limit.release();
        assertThat(limit.tryAcquire()).isFalse();
        limit.release();
        assertThat(limit.tryAcquire()).isTrue();
    }

    @Test
    void refusesANegativeLimit() {
        assertThatThrownBy(() -> new ConnectionLimit(-1)).hasMessageContaining("-1");
        assertThatThrownBy(() -> new ConnectionLimit(1).setMax(-1)).hasMessageContaining("0 is no limit");
    }

    @Test
    void neverExceedsTheLimitUnderThreads() throws Exception {
        ConnectionLimit limit = new ConnectionLimit(3);
        Threads.run(8, number -> () -> {
            for (int i = 0; i < 20_000; i++) {
                if (limit.tryAcquire()) {
                    assertThat(limit.open()).isBetween(1, 3);
                    limit.release();
                }
            }
            return number;
        });
        assertThat(limit.open()).isZero();
    }
}
