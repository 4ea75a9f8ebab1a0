package io.hawser.node.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.prometheus.client.CollectorRegistry;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventLoopLagTest {

    @Test
    void aLoopThatStoodStillShows() throws Exception {
        CollectorRegistry registry = new CollectorRegistry();
        EventLoopLag lag = new EventLoopLag().register(registry);
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        try {
            lag.watch(group);
            CountDownLatch release = new CountDownLatch(1);
            group.next().execute(() -> {
                try {
                    // Longer than the tick and the stall that is looked for.
                    assertThat(release.await(900, TimeUnit.MILLISECONDS)).isFalse();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            await().untilAsserted(() -> assertThat(registry.getSampleValue("hawser_event_loop_lag_seconds"))
                    .isGreaterThan(0.2));
        } finally {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
        assertThat(registry.getSampleValue("hawser_event_loop_lag_seconds")).isZero();
    }
}
