package io.hawser.node.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.affinity.AffinityKey;
import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class NodeMetricsTest {

    private static final Set<String> LABELS =
            Set.of("listener", "pool", "backend", "reason", "direction", "result", "kind", "version", "revision", "le");

    private final CollectorRegistry registry = new CollectorRegistry(true);
    private final NodeMetrics metrics = new NodeMetrics(registry, "1.2.3", "abc");

    private double value(String name, String... labelsAndValues) {
        String[] names = new String[labelsAndValues.length / 2];
        String[] values = new String[names.length];
        for (int i = 0; i < names.length; i++) {
            names[i] = labelsAndValues[2 * i];
            values[i] = labelsAndValues[2 * i + 1];
        }
        Double value = registry.getSampleValue(name, names, values);
        assertThat(value).as("%s%s", name, String.join(",", labelsAndValues)).isNotNull();
        return value == null ? Double.NaN : value;
    }

    private void useEverything() {
        ListenerMetrics listener = metrics.listener("https");
        listener.opened();
        listener.acceptPaused();
        listener.helloTook(2_000_000);
        listener.error("not-tls");
        PoolMetrics pool = metrics.pool("https", "shop");
        pool.opened();
        pool.connectTook(300_000);
        BackendMetrics backend = metrics.backend("shop", "b1");
        backend.opened();
        backend.in(10);
        backend.out(1_000);
        backend.up(true);
        backend.connectFailed();
        backend.healthCheck("success");
        AffinityMetrics affinity = metrics.affinity("shop");
        affinity.lookup(AffinityKey.Kind.CLIENT_IP, AffinityMetrics.Lookup.HIT);
        affinity.moved("down");
        affinity.table(() -> 7, () -> 2);
        metrics.sampled().failOpen("shop", () -> false);
        metrics.reloaded(true);
        metrics.sampled().logDropped(() -> 7);
        metrics.accessLogDropped();
    }

    @Test
    void theNamesOfTheContractCarryWhatWasCounted() {
        useEverything();
        assertThat(value("hawser_connections_total", "listener", "https", "pool", "shop"))
                .isEqualTo(1);
        assertThat(value("hawser_connections_active", "listener", "https", "pool", "shop"))
                .isEqualTo(1);
        assertThat(value("hawser_bytes_total", "pool", "shop", "backend", "b1", "direction", "in"))
                .isEqualTo(10);
        assertThat(value("hawser_bytes_total", "pool", "shop", "backend", "b1", "direction", "out"))
                .isEqualTo(1000);
        assertThat(value("hawser_connection_errors_total", "listener", "https", "reason", "not-tls"))
                .isEqualTo(1);
        assertThat(value("hawser_backend_connect_seconds_bucket", "pool", "shop", "le", "5.0E-4"))
                .isEqualTo(1);
        assertThat(value("hawser_backend_connect_seconds_bucket", "pool", "shop", "le", "2.5E-4"))
                .isZero();
        assertThat(value("hawser_client_hello_seconds_sum")).isEqualTo(0.002);
        assertThat(value("hawser_backend_up", "pool", "shop", "backend", "b1")).isEqualTo(1);
        assertThat(value("hawser_backend_connections_active", "pool", "shop", "backend", "b1"))
                .isEqualTo(1);
        assertThat(value("hawser_health_checks_total", "pool", "shop", "backend", "b1", "result", "success"))
                .isEqualTo(1);
        assertThat(value("hawser_affinity_lookups_total", "pool", "shop", "kind", "client-ip", "result", "hit"))
                .isEqualTo(1);
        assertThat(value("hawser_affinity_entries", "pool", "shop")).isEqualTo(7);
        assertThat(value("hawser_affinity_evictions_total", "pool", "shop")).isEqualTo(2);
        assertThat(value("hawser_affinity_moved_total", "pool", "shop", "reason", "down"))
                .isEqualTo(1);
        assertThat(value("hawser_log_dropped_total")).isEqualTo(7);
        assertThat(value("hawser_access_log_dropped_total")).isEqualTo(1);
        assertThat(value("hawser_build_info", "version", "1.2.3", "revision", "abc"))
                .isEqualTo(1);
        assertThat(value("process_start_time_seconds")).isPositive();
        assertThat(value("jvm_threads_current")).isPositive();
    }

    @Test
    void whatHasClosedIsNoLongerActive() {
        metrics.listener("https").opened();
        metrics.listener("https").closed();
        metrics.pool("https", "shop").opened();
        metrics.pool("https", "shop").closed();
        metrics.backend("shop", "b1").opened();
        metrics.backend("shop", "b1").closed();
        assertThat(value("hawser_listener_connections_active", "listener", "https"))
                .isZero();
        assertThat(value("hawser_connections_active", "listener", "https", "pool", "shop"))
                .isZero();
        assertThat(value("hawser_backend_connections_active", "pool", "shop", "backend", "b1"))
                .isZero();
        assertThat(metrics.listener("https").accepted()).isEqualTo(1);
    }

    @Test
    void everyNameAndLabelKeepsTheConventions() {
        useEverything();
        Pattern ours = Pattern.compile("hawser_[a-z][a-z0-9_]*");
        for (Collector.MetricFamilySamples family : Collections.list(registry.metricFamilySamples())) {
            if (!family.name.startsWith("hawser_")) {
                continue;
            }
            assertThat(family.name).matches(ours);
            assertThat(family.help).as(family.name).endsWith(".").doesNotContain("\n");
            for (Collector.MetricFamilySamples.Sample sample : family.samples) {
                assertThat(LABELS).as(sample.name).containsAll(sample.labelNames);
                if (family.type == Collector.Type.COUNTER) {
                    assertThat(sample.name).matches(".*(_total|_created)");
                }
            }
        }
    }

    @Test
    void whatIsGoneLeavesNoSeriesBehind() {
        Set<String> before = labelled();
        useEverything();
        assertThat(labelled()).isNotEqualTo(before);
        metrics.removeListener("https");
        metrics.removePool("shop");
        assertThat(labelled()).isEqualTo(before);
    }

    @Test
    void aBackendGoesAloneAndComesBackAtZero() {
        useEverything();
        BackendMetrics old = metrics.backend("shop", "b1");
        metrics.removeBackend("shop", "b1");
        old.closed();
        old.in(5);
        assertThat(registry.getSampleValue(
                        "hawser_bytes_total",
                        new String[] {"pool", "backend", "direction"},
                        new String[] {"shop", "b1", "in"}))
                .isNull();
        assertThat(value("hawser_connections_total", "listener", "https", "pool", "shop"))
                .isEqualTo(1);
        assertThat(metrics.backend("shop", "b1").bytesIn()).isZero();
    }

    @Test
    void sampledValuesAreReadWhenAsked() {
        AtomicBoolean failOpen = new AtomicBoolean();
        AtomicLong reserved = new AtomicLong(5);
        metrics.sampled().failOpen("shop", failOpen::get);
        metrics.sampled().bufferBytes(reserved::get);
        assertThat(value("hawser_pool_fail_open", "pool", "shop")).isZero();
        failOpen.set(true);
        reserved.set(9);
        assertThat(value("hawser_pool_fail_open", "pool", "shop")).isEqualTo(1);
        assertThat(value("hawser_buffer_reserved_bytes")).isEqualTo(9);
    }

    private Set<String> labelled() {
        Set<String> series = new TreeSet<>();
        for (Collector.MetricFamilySamples family : Collections.list(registry.metricFamilySamples())) {
            family.samples.stream()
                    .filter(s -> s.labelValues.contains("https") || s.labelValues.contains("shop"))
                    .forEach(s -> series.add(s.name + s.labelNames + s.labelValues));
        }
        return series;
    }
}
