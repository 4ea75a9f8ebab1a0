package io.hawser.node.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.affinity.AffinityKey;
import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Keeps docs/metrics.md true: each metric stands there once, with its type and its labels. */
class MetricsPageTest {

    private static final Pattern ROW =
            Pattern.compile("^\\| `(hawser_[a-z_]+)` \\| ([a-z]+) \\| ([a-z_`, ]*)\\|", Pattern.MULTILINE);

    @Test
    void namesEveryMetricWithItsTypeAndLabels() throws IOException {
        Map<String, String> written = new TreeMap<>();
        Matcher row = ROW.matcher(Files.readString(Path.of("../docs/metrics.md")));
        while (row.find()) {
            String labels = row.group(3).replace("`", "").strip();
            String earlier = written.put(row.group(1), row.group(2) + " [" + labels + "]");
            assertThat(earlier).as("earlier row of %s", row.group(1)).isNull();
        }

        assertThat(written).as("the tables of docs/metrics.md").isEqualTo(registered());
    }

    private static Map<String, String> registered() {
        CollectorRegistry registry = new CollectorRegistry(true);
        touchEverySeries(new NodeMetrics(registry, "1.2.3", "abc"));
        Map<String, String> registered = new TreeMap<>();
        for (MetricFamilySamples family : Collections.list(registry.metricFamilySamples())) {
            if (family.name.startsWith("hawser_")) {
                String name = family.type == Collector.Type.COUNTER ? family.name + "_total" : family.name;
                registered.put(name, family.type.name().toLowerCase(Locale.ROOT) + " " + labels(family));
            }
        }
        return registered;
    }

    private static void touchEverySeries(NodeMetrics metrics) {
        metrics.listener("l").error("not-tls");
        metrics.pool("l", "p").opened();
        metrics.backend("p", "b").healthCheck("success");
        AffinityMetrics affinity = metrics.affinity("p");
        affinity.lookup(AffinityKey.Kind.CLIENT_IP, AffinityMetrics.Lookup.HIT);
        affinity.moved("connect-failed");
        affinity.resumption("resumed");
        affinity.claimed("won");
        affinity.changeDropped();
        affinity.reconciled(0, 0);
        affinity.table(() -> 0, () -> 0);
        metrics.vip("v").transition(true, "free");
        metrics.sampled().failOpen("p", () -> false);
        metrics.sampled().cluster(() -> 1, () -> 0, () -> 0, () -> false);
        metrics.sampled().vipConnections(() -> 0, () -> 0, () -> 0, () -> 0);
        metrics.sampled().bufferBytes(() -> 0);
        metrics.sampled().healthChecksDelayed(() -> 0);
        metrics.sampled().coordinationConnected(() -> true);
        metrics.sampled().logDropped(() -> 0);
        metrics.sampled().clusterHandshakes(() -> Map.of("done", 1L));
        metrics.sampled().certificate("cluster", () -> 0, () -> true);
    }

    private static List<String> labels(MetricFamilySamples family) {
        return family.samples.stream()
                .flatMap(sample -> sample.labelNames.stream())
                .distinct()
                .filter(label -> !label.equals("le"))
                .toList();
    }
}
