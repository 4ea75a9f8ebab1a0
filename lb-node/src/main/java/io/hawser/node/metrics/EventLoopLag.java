package io.hawser.node.metrics;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.ScheduledFuture;
import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * {@code hawser_event_loop_lag_seconds}: how late the slowest event loop was lately.
 *
 * <p>Each watched loop sets itself a timer; how late the timer comes is how long anything else on that loop had to wait.
 * The gauge holds the worst of the last 30 to 60 seconds, so that no scrape interval hides a stall, and any number of
 * scrapers see the same.
 */
public final class EventLoopLag extends Collector {

    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final int TICKS_PER_WINDOW = 60;

    private final Queue<Loop> loops = new ConcurrentLinkedQueue<>();

    EventLoopLag() {}

    /** Watches every loop of the group until the group shuts down. */
    public void watch(EventExecutorGroup group) {
        for (EventExecutor executor : group) {
            Loop loop = new Loop(executor);
            loops.add(loop);
            ScheduledFuture<?> tick =
                    executor.scheduleWithFixedDelay(loop, TICK_NANOS, TICK_NANOS, TimeUnit.NANOSECONDS);
            tick.addListener(ended -> loops.remove(loop));
        }
    }

    @Override
    public List<MetricFamilySamples> collect() {
        long worstNanos = 0;
        for (Loop loop : loops) {
            worstNanos = Math.max(worstNanos, loop.worstNanos());
        }
        List<MetricFamilySamples> samples = new ArrayList<>(1);
        samples.add(new GaugeMetricFamily(
                "hawser_event_loop_lag_seconds",
                "How late the slowest event loop was, at worst, in the last 30 to 60 seconds.",
                (double) worstNanos * 1e-9));
        return samples;
    }

    /** One loop's timer; runs on that loop alone. */
    private static final class Loop implements Runnable {

        private final EventExecutor executor;
        private long expectedNanos;
        private int ticks;
        private volatile long currentWorst;
        private volatile long previousWorst;

        Loop(EventExecutor executor) {
            this.executor = executor;
            this.expectedNanos = executor.ticker().nanoTime() + TICK_NANOS;
        }

        @Override
        public void run() {
            long now = executor.ticker().nanoTime();
            long late = Math.max(0, now - expectedNanos);
            expectedNanos = now + TICK_NANOS;
            if (++ticks == TICKS_PER_WINDOW) {
                ticks = 0;
                previousWorst = currentWorst;
                currentWorst = late;
            } else if (late > currentWorst) {
                currentWorst = late;
            }
        }

        long worstNanos() {
            return Math.max(currentWorst, previousWorst);
        }
    }
}
