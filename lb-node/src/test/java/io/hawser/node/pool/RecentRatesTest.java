package io.hawser.node.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.node.metrics.BackendMetrics;
import io.hawser.node.metrics.NodeMetrics;
import io.prometheus.client.CollectorRegistry;
import org.junit.jupiter.api.Test;

final class RecentRatesTest {

    private static final long SECOND = 1_000_000_000;

    private final BackendMetrics metrics = new NodeMetrics(new CollectorRegistry(), "1", "r").backend("shop", "b1");
    private final RecentRates rates = new RecentRates();

    @Test
    void areNoneBeforeTheSecondLook() {
        assertThat(rates.means()).isEqualTo(new RecentRates.Means(0, 0, 0));
        metrics.opened();
        rates.sample(7, metrics);
        assertThat(rates.means()).isEqualTo(new RecentRates.Means(0, 0, 0));
    }

    @Test
    void areMeansOverTheTimeBetweenLooks() {
        rates.sample(0, metrics);
        metrics.opened();
        metrics.in(500);
        metrics.out(3000);
        rates.sample(2 * SECOND, metrics);

        assertThat(rates.means()).isEqualTo(new RecentRates.Means(0.5, 250, 1500));
    }

    @Test
    void forgetWhatIsOlderThanTenSeconds() {
        rates.sample(0, metrics);
        metrics.in(10_000);
        for (int second = 1; second <= 10; second++) {
            rates.sample(second * SECOND, metrics);
        }
        assertThat(rates.means().bytesIn()).isEqualTo(1000);

        // Long enough for the looks to go round more than once.
        for (int second = 11; second <= 200; second++) {
            rates.sample(second * SECOND, metrics);
            assertThat(rates.means().bytesIn()).as("second %s", second).isZero();
        }
        metrics.in(500);
        rates.sample(201 * SECOND, metrics);
        assertThat(rates.means().bytesIn()).isEqualTo(50);
    }
}
