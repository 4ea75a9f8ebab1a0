package io.hawser.node.metrics;

import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** What is counted at one listener. Safe from any thread; nothing that every connection calls looks labels up. */
public final class ListenerMetrics {

    private static final double SECONDS_PER_NANO = 1e-9;

    private final Families families;
    private final String listener;
    private final Counter.Child accepted;
    private final Counter.Child acceptPauses;
    private final Gauge.Child active;
    private final Histogram.Child helloSeconds;
    private final Map<String, Counter.Child> errors = new ConcurrentHashMap<>();

    ListenerMetrics(Families families, String listener) {
        this.families = families;
        this.listener = listener;
        this.accepted = families.accepted.labels(listener);
        this.acceptPauses = families.acceptPauses.labels(listener);
        this.active = families.listenerActive.labels(listener);
        this.helloSeconds = families.helloSeconds.labels();
    }

    /** A client connection was accepted and is open. */
    public void opened() {
        accepted.inc();
        active.inc();
    }

    /** A client connection that was counted by {@link #opened} has ended. */
    public void closed() {
        active.dec();
    }

    /** Accepting paused for want of file descriptors. */
    public void acceptPaused() {
        acceptPauses.inc();
    }

    /** The whole ClientHello arrived this many nanoseconds after the client was accepted. */
    public void helloTook(long nanos) {
        helloSeconds.observe((double) nanos * SECONDS_PER_NANO);
    }

    /**
     * A connection ended for another reason than that a side closed it.
     *
     * @param reason a fixed label of the code, in kebab-case; never anything that a peer sent
     */
    public void error(String reason) {
        // Read first: computeIfAbsent may lock, and a flood of refusals comes here from every loop.
        Counter.Child child = errors.get(reason);
        if (child == null) {
            child = errors.computeIfAbsent(reason, r -> families.errors.labels(listener, r));
        }
        child.inc();
    }

    /** Client connections open now. */
    public long active() {
        return (long) active.get();
    }

    /** Connections accepted since the start. */
    public long accepted() {
        return (long) accepted.get();
    }

    /** Connections that ended in error since the start, by reason. */
    public Map<String, Long> errors() {
        Map<String, Long> counts = new TreeMap<>();
        errors.forEach((reason, count) -> counts.put(reason, (long) count.get()));
        return counts;
    }

    void remove() {
        families.accepted.remove(listener);
        families.acceptPauses.remove(listener);
        families.listenerActive.remove(listener);
        errors.keySet().forEach(reason -> families.errors.remove(listener, reason));
    }
}
