package io.hawser.node.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Values that somebody else keeps and that are read only when the metrics are asked for.
 *
 * <p>The suppliers are called on the thread that renders: they must not block.
 */
public final class Sampled extends Collector {

    private record Single(String help, DoubleSupplier value, boolean counts) {}

    private record Table(LongSupplier entries, LongSupplier evictions) {}

    private record Certificate(DoubleSupplier ends, BooleanSupplier isCurrent) {}

    private volatile Supplier<Map<String, Long>> clusterHandshakes = Map::of;
    private final Map<String, Certificate> certificates = new ConcurrentHashMap<>();
    private final Map<String, Table> tables = new ConcurrentHashMap<>();
    private final Map<String, BooleanSupplier> failOpen = new ConcurrentHashMap<>();
    private final Map<String, Single> singles = new ConcurrentHashMap<>();

    Sampled() {}

    void affinity(String pool, LongSupplier entries, LongSupplier evictions) {
        tables.put(pool, new Table(entries, evictions));
    }

    /** {@code hawser_pool_fail_open{pool}}: whether all of the pool's backends look down, so that all are tried. */
    public void failOpen(String pool, BooleanSupplier isOpen) {
        failOpen.put(pool, isOpen);
    }

    /** Bytes that the data path's buffer allocator has reserved outside the heap. */
    public void bufferBytes(LongSupplier bytes) {
        gauge("hawser_buffer_reserved_bytes", "Bytes that the buffer allocator has reserved outside the heap.", bytes);
    }

    /** Health checks that were due and had to wait because too many were running, since the start. */
    public void healthChecksDelayed(LongSupplier checks) {
        singles.put(
                "hawser_health_checks_delayed_total",
                new Single(
                        "Health checks that were due and had to wait because too many were running.",
                        () -> (double) checks.getAsLong(),
                        true));
    }

    /** What there is to know of the cluster: how many members, and how well what this node knows has reached them. */
    public void cluster(
            LongSupplier members, DoubleSupplier lagSeconds, LongSupplier changesWaiting, BooleanSupplier safeToStop) {
        gauge("hawser_cluster_members", "Nodes of the cluster that this one sees, itself included.", members);
        singles.put(
                "hawser_cluster_replication_lag_seconds",
                new Single(
                        "How long ago the oldest change of affinity was made that not every other node has taken in.",
                        lagSeconds,
                        false));
        gauge(
                "hawser_cluster_changes_waiting",
                "Changes of affinity that are not on their way to the other nodes yet.",
                changesWaiting);
        gauge(
                "hawser_cluster_safe_to_stop",
                "1 while nothing that this node knows of sessions would be lost if it stopped.",
                () -> safeToStop.getAsBoolean() ? 1 : 0);
    }

    /** What became of connections over VIPs that changed hands. */
    public void vipConnections(
            LongSupplier untold, LongSupplier handedOver, LongSupplier toldClients, LongSupplier notToldClients) {
        gauge(
                "hawser_vip_connections_untold",
                "Open connections over VIPs that the other nodes don't know of, because there are too many.",
                untold);
        gauge(
                "hawser_vip_connections_handed_over",
                "Connections that live on other nodes, to which this VIP's owner hands their packets.",
                handedOver);
        singles.put(
                "hawser_vip_clients_told_total",
                new Single(
                        "Packets by which clients of a dead node find out that their connections are gone.",
                        toldClients::getAsLong,
                        true));
        singles.put(
                "hawser_vip_clients_not_told_total",
                new Single("Such packets that could not be sent.", notToldClients::getAsLong, true));
    }

    /**
     * {@code hawser_certificate_expiry_timestamp_seconds{link}} and {@code hawser_certificate_current{link}}.
     *
     * @param link what it is for: {@code zookeeper}, {@code cluster} or {@code admin}
     * @param ends when it does, in seconds since 1970
     * @param isCurrent whether what is in use is what the files hold
     */
    public void certificate(String link, DoubleSupplier ends, BooleanSupplier isCurrent) {
        certificates.put(link, new Certificate(ends, isCurrent));
    }

    /** {@code hawser_cluster_handshakes_total{result}}: the counts by their result. */
    public void clusterHandshakes(Supplier<Map<String, Long>> byResult) {
        clusterHandshakes = byResult;
    }

    /** Log events that were dropped because standard output did not take them in time, since the start. */
    public void logDropped(LongSupplier events) {
        singles.put(
                "hawser_log_dropped_total",
                new Single("Log events dropped because stdout did not take them in time.", events::getAsLong, true));
    }

    /** Whether this node is connected to what it agrees with the others by; one that stands alone is. */
    public void coordinationConnected(BooleanSupplier isConnected) {
        gauge(
                "hawser_coordination_connected",
                "1 while ZooKeeper can be asked, and on a node that has none.",
                () -> isConnected.getAsBoolean() ? 1 : 0);
    }

    /**
     * One gauge without labels.
     *
     * @param name with the prefix {@code hawser_} and the base unit
     */
    public void gauge(String name, String help, LongSupplier value) {
        singles.put(name, new Single(help, () -> (double) value.getAsLong(), false));
    }

    void remove(String pool) {
        tables.remove(pool);
        failOpen.remove(pool);
    }

    @Override
    public List<MetricFamilySamples> collect() {
        List<String> label = List.of("pool");
        GaugeMetricFamily entries =
                new GaugeMetricFamily("hawser_affinity_entries", "Keys that the pool remembers.", label);
        CounterMetricFamily evictions = new CounterMetricFamily(
                "hawser_affinity_evictions", "Keys forgotten because the pool's table was full.", label);
        new TreeMap<>(tables).forEach((pool, table) -> {
            entries.addMetric(List.of(pool), (double) table.entries().getAsLong());
            evictions.addMetric(List.of(pool), (double) table.evictions().getAsLong());
        });
        GaugeMetricFamily open = new GaugeMetricFamily(
                "hawser_pool_fail_open", "1 while all backends of the pool look down, so that all are tried.", label);
        new TreeMap<>(failOpen).forEach((pool, isOpen) -> open.addMetric(List.of(pool), isOpen.getAsBoolean() ? 1 : 0));
        List<String> link = List.of("link");
        GaugeMetricFamily ends = new GaugeMetricFamily(
                "hawser_certificate_expiry_timestamp_seconds",
                "When the certificate ends by which this node is known there, in seconds since 1970.",
                link);
        GaugeMetricFamily current = new GaugeMetricFamily(
                "hawser_certificate_current",
                "1 while the certificate in use is the one in its file; 0 when the file can't be used.",
                link);
        new TreeMap<>(certificates).forEach((name, certificate) -> {
            ends.addMetric(List.of(name), certificate.ends().getAsDouble());
            current.addMetric(List.of(name), certificate.isCurrent().getAsBoolean() ? 1 : 0);
        });
        CounterMetricFamily handshakes = new CounterMetricFamily(
                "hawser_cluster_handshakes",
                "TLS handshakes with other members, and with whoever came to the cluster's port, by their result.",
                List.of("result"));
        clusterHandshakes.get().forEach((result, count) -> handshakes.addMetric(List.of(result), (double) count));
        List<MetricFamilySamples> samples =
                new ArrayList<>(List.of(entries, evictions, open, ends, current, handshakes));
        new TreeMap<>(singles).forEach((name, single) -> {
            double value = single.value().getAsDouble();
            samples.add(
                    single.counts()
                            ? new CounterMetricFamily(name, single.help(), value)
                            : new GaugeMetricFamily(name, single.help(), value));
        });
        return samples;
    }
}
