package io.hawser.node.metrics;

import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What is counted of one backend. Safe from any thread; the methods that the relay calls touch one child each. */
public final class BackendMetrics {

    private final Families families;
    private final String pool;
    private final String backend;
    private final Counter.Child bytesIn;
    private final Counter.Child bytesOut;
    private final Counter.Child connections;
    private final Counter.Child connectFailures;
    private final Gauge.Child active;
    private final Gauge.Child up;
    private final Map<String, Counter.Child> healthChecks = new ConcurrentHashMap<>();

    BackendMetrics(Families families, String pool, String backend) {
        this.families = families;
        this.pool = pool;
        this.backend = backend;
        this.bytesIn = families.bytes.labels(pool, backend, "in");
        this.bytesOut = families.bytes.labels(pool, backend, "out");
        this.connections = families.backendConnections.labels(pool, backend);
        this.connectFailures = families.backendConnectFailures.labels(pool, backend);
        this.active = families.backendActive.labels(pool, backend);
        this.up = families.backendUp.labels(pool, backend);
    }

    /** Bytes went from a client to the backend. */
    public void in(long bytes) {
        bytesIn.inc((double) bytes);
    }

    /** Bytes went from the backend to a client. */
    public void out(long bytes) {
        bytesOut.inc((double) bytes);
    }

    /** A connection to the backend was made. */
    public void opened() {
        connections.inc();
        active.inc();
    }

    /** A connection that was counted by {@link #opened} has ended. */
    public void closed() {
        active.dec();
    }

    /** A connect was refused or took too long. */
    public void connectFailed() {
        connectFailures.inc();
    }

    /** The verdict on the backend changed, or is known for the first time. */
    public void up(boolean isUp) {
        up.set(isUp ? 1 : 0);
    }

    /**
     * A health check was done.
     *
     * @param result a fixed label of the code, in kebab-case: {@code success}, or what failed
     */
    public void healthCheck(String result) {
        healthChecks
                .computeIfAbsent(result, r -> families.healthChecks.labels(pool, backend, r))
                .inc();
    }

    /** Bytes from clients to the backend since the start. */
    public long bytesIn() {
        return (long) bytesIn.get();
    }

    /** Bytes from the backend to clients since the start. */
    public long bytesOut() {
        return (long) bytesOut.get();
    }

    /** Connections made to the backend since the start. */
    public long connections() {
        return (long) connections.get();
    }

    /** Connects that failed since the start. */
    public long connectFailures() {
        return (long) connectFailures.get();
    }

    void remove() {
        families.bytes.remove(pool, backend, "in");
        families.bytes.remove(pool, backend, "out");
        families.backendConnections.remove(pool, backend);
        families.backendConnectFailures.remove(pool, backend);
        families.backendActive.remove(pool, backend);
        families.backendUp.remove(pool, backend);
        healthChecks.keySet().forEach(result -> families.healthChecks.remove(pool, backend, result));
    }
}
