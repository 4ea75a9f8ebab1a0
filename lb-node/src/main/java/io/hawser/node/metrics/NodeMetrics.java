package io.hawser.node.metrics;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.hotspot.BufferPoolsExports;
import io.prometheus.client.hotspot.ClassLoadingExports;
import io.prometheus.client.hotspot.GarbageCollectorExports;
import io.prometheus.client.hotspot.MemoryPoolsExports;
import io.prometheus.client.hotspot.StandardExports;
import io.prometheus.client.hotspot.ThreadExports;
import io.prometheus.client.hotspot.VersionInfoExports;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Every metric of the node, in one registry that is its own.
 *
 * <p>What the data path needs is handed out as small objects, one for each listener, pool and backend, which hold their
 * children: ask for them once, when the listener, pool or backend is set up. Asking again for the same names answers
 * with the same object until it is removed. Safe from any thread.
 */
public final class NodeMetrics {

    private record Pair(String first, String second) {}

    private final CollectorRegistry registry;
    private final Families families;
    private final Sampled sampled;
    private final EventLoopLag eventLoopLag;
    private final Counter reloads;
    private final Gauge lastReload;
    private final Counter.Child accessLogDropped;
    private final Counter.Child adminRefused;

    private final Map<String, ListenerMetrics> listeners = new ConcurrentHashMap<>();
    private final Map<Pair, PoolMetrics> pools = new ConcurrentHashMap<>();
    private final Map<Pair, BackendMetrics> backends = new ConcurrentHashMap<>();
    private final Map<String, VipMetrics> vips = new ConcurrentHashMap<>();
    private final Map<String, AffinityMetrics> affinities = new ConcurrentHashMap<>();

    /**
     * Registers everything, the JVM's own metrics included.
     *
     * @param registry this node's own, empty
     * @param version of the build, for {@code hawser_build_info}
     * @param revision of the build, for {@code hawser_build_info}
     */
    public NodeMetrics(CollectorRegistry registry, String version, String revision) {
        this.registry = registry;
        this.families = new Families(registry);
        this.sampled = new Sampled().register(registry);
        this.eventLoopLag = new EventLoopLag().register(registry);
        this.reloads = Counter.build("hawser_reloads_total", "Reloads of the configuration, by how they ended.")
                .labelNames("result")
                .register(registry);
        reloads.labels("success");
        reloads.labels("failure");
        this.lastReload = Gauge.build(
                        "hawser_last_reload_successful", "1 when the configuration file was taken in the last time.")
                .register(registry);
        lastReload.set(1);
        this.accessLogDropped = Counter.build(
                        "hawser_access_log_dropped_total",
                        "Access lines dropped because the access log did not take them in time.")
                .register(registry)
                .labels();
        this.adminRefused = Counter.build(
                        "hawser_admin_connections_refused_total",
                        "Connections to the admin address closed at once because too many were open.")
                .register(registry)
                .labels();
        Gauge.build("hawser_build_info", "1, with the version and the revision that run as labels.")
                .labelNames("version", "revision")
                .register(registry)
                .labels(version, revision)
                .set(1);
        registerJvm(registry);
    }

    private static void registerJvm(CollectorRegistry registry) {
        new StandardExports().register(registry);
        new MemoryPoolsExports().register(registry);
        new BufferPoolsExports().register(registry);
        new GarbageCollectorExports().register(registry);
        new ThreadExports().register(registry);
        new ClassLoadingExports().register(registry);
        new VersionInfoExports().register(registry);
    }

    /** What the admin server renders. */
    public CollectorRegistry registry() {
        return registry;
    }

    public ListenerMetrics listener(String listener) {
        return listeners.computeIfAbsent(listener, l -> new ListenerMetrics(families, l));
    }

    /** The connections that one listener brings to one pool. */
    public PoolMetrics pool(String listener, String pool) {
        return pools.computeIfAbsent(new Pair(listener, pool), p -> new PoolMetrics(families, listener, pool));
    }

    public BackendMetrics backend(String pool, String backend) {
        return backends.computeIfAbsent(new Pair(pool, backend), p -> new BackendMetrics(families, pool, backend));
    }

    public AffinityMetrics affinity(String pool) {
        return affinities.computeIfAbsent(pool, p -> new AffinityMetrics(families, sampled, p));
    }

    public VipMetrics vip(String vip) {
        return vips.computeIfAbsent(vip, v -> new VipMetrics(families, v));
    }

    /** The worst recent lag of the event loops that it is told to watch. */
    public EventLoopLag eventLoopLag() {
        return eventLoopLag;
    }

    /** Values that are read when somebody asks, rather than kept. */
    public Sampled sampled() {
        return sampled;
    }

    /** Counts a reload that ended. */
    public void reloaded(boolean success) {
        reloads.labels(success ? "success" : "failure").inc();
        lastReload.set(success ? 1 : 0);
    }

    /** Counts an access line that was dropped. */
    public void accessLogDropped() {
        accessLogDropped.inc();
    }

    /** Counts a connection to the admin address that was closed because too many were open. */
    public void adminConnectionRefused() {
        adminRefused.inc();
    }

    /** Ends the series of a listener that is gone, those towards its pools included. */
    public void removeListener(String listener) {
        ListenerMetrics gone = listeners.remove(listener);
        if (gone != null) {
            gone.remove();
        }
        pools.keySet().stream().filter(key -> key.first().equals(listener)).forEach(this::removePool);
    }

    /** Ends the series of a pool that is gone, those of its backends and its affinity included. */
    public void removePool(String pool) {
        pools.keySet().stream().filter(key -> key.second().equals(pool)).forEach(this::removePool);
        backends.keySet().stream()
                .filter(key -> key.first().equals(pool))
                .forEach(key -> removeBackend(pool, key.second()));
        AffinityMetrics affinity = affinities.remove(pool);
        if (affinity != null) {
            affinity.remove();
        }
        sampled.remove(pool);
        families.connectSeconds.remove(pool);
    }

    /** Ends the series of what one listener brought to one pool: no route leads there any more. */
    public void removePool(String listener, String pool) {
        removePool(new Pair(listener, pool));
    }

    private void removePool(Pair key) {
        if (pools.remove(key) != null) {
            families.connections.remove(key.first(), key.second());
            families.connectionsActive.remove(key.first(), key.second());
        }
    }

    /** Ends the series of a backend that is gone. Connections still open on it count into the void. */
    public void removeBackend(String pool, String backend) {
        BackendMetrics gone = backends.remove(new Pair(pool, backend));
        if (gone != null) {
            gone.remove();
        }
    }
}
