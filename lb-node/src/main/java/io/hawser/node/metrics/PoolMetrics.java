package io.hawser.node.metrics;

import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;

/** What is counted of the connections that one listener brings to one pool. Safe from any thread. */
public final class PoolMetrics {

    private static final double SECONDS_PER_NANO = 1e-9;

    private final Counter.Child connections;
    private final Gauge.Child active;
    private final Histogram.Child connectSeconds;

    PoolMetrics(Families families, String listener, String pool) {
        this.connections = families.connections.labels(listener, pool);
        this.active = families.connectionsActive.labels(listener, pool);
        this.connectSeconds = families.connectSeconds.labels(pool);
    }

    /** A connection reached a backend of the pool and is relayed from now on. */
    public void opened() {
        connections.inc();
        active.inc();
    }

    /** A connection that was counted by {@link #opened} has ended. */
    public void closed() {
        active.dec();
    }

    /** A connect to a backend succeeded after this many nanoseconds. */
    public void connectTook(long nanos) {
        connectSeconds.observe((double) nanos * SECONDS_PER_NANO);
    }

    /** Connections being relayed now. */
    public long active() {
        return (long) active.get();
    }

    /** Connections relayed or being relayed, since the start. */
    public long connections() {
        return (long) connections.get();
    }
}
