package io.hawser.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.testing.Threads;
import org.junit.jupiter.api.Test;

final class LoadTest {

    private final Load load = new Load();

    @Test
    void countsUpToALimit() {
        assertThat(load.tryAcquire(2)).isTrue();
        assertThat(load.tryAcquire(2)).isTrue();
        assertThat(load.tryAcquire(2)).isFalse();
        assertThat(load.connections()).isEqualTo(2);
        load.release();
        assertThat(load.tryAcquire(2)).isTrue();
    }

    @Test
    void countsWithoutALimit() {
        for (int i = 0; i < 1000; i++) {
            assertThat(load.tryAcquire(0)).isTrue();
        }
        assertThat(load.connections()).isEqualTo(1000);
        assertThat(load.tryAcquire(1000)).isFalse();
    }

    @Test
    void neverExceedsTheLimitUnderThreads() throws Exception {
        int limit = 3;
        Threads.run(8, number -> () -> {
            for (int i = 0; i < 20_000; i++) {
                if (load.tryAcquire(limit)) {
                    assertThat(load.connections()).isBetween(1, limit);
                    load.release();
                }
            }
            return number;
        });
        assertThat(load.connections()).isZero();
    }
}
