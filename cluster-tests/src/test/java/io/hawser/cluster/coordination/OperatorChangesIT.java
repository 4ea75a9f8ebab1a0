package io.hawser.cluster.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.JdkServer;
import io.hawser.cluster.harness.LbNode;
import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.harness.ZooKeeper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an operator changes on one node holds on all, outlives all, and ZooKeeper's absence harms nobody. */
final class OperatorChangesIT {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** So that clusters of tests that run at the same time don't meet. */
    private final String network = "127." + ThreadLocalRandom.current().nextInt(64, 250) + "."
            + ThreadLocalRandom.current().nextInt(1, 250) + ".";

    @RegisterExtension
    final Testbed bed = new Testbed();

    @Test
    @Timeout(400)
    void changesHoldOnEveryNodeAndOutliveThem() throws Exception {
        ZooKeeper zooKeeper = bed.zooKeeper();
        JdkServer b1 = bed.jdkServer("b1");
        JdkServer b2 = bed.jdkServer("b2");
        Supplier<Configuration> configuration = () -> configuration(zooKeeper, b1, b2);
        List<LbNode> nodes = start(configuration);
        nodes.forEach(node -> awaitNodes(node, 3));

        change(nodes.get(0), "drain", "web/b1");
        for (LbNode node : nodes) {
            assertThat(backend(node, "b1").path("operator").asText()).isEqualTo("drain");
            assertThat(answers(node)).isEqualTo("b2");
        }
        change(nodes.get(1), "weight", "web/b2", "7");
        assertThat(backend(nodes.get(2), "b2").path("weight").asInt()).isEqualTo(7);

        for (LbNode node : nodes) {
            node.process().signal(OsProcess.Signal.TERM);
        }
        for (LbNode node : nodes) {
            assertThat(node.process().awaitExit(PATIENCE)).isZero();
            assertThat(node.complaints()).isEmpty();
        }
        List<LbNode> next = start(configuration);
        for (LbNode node : next) {
            assertThat(backend(node, "b1").path("operator").asText()).isEqualTo("drain");
            assertThat(backend(node, "b2").path("weight").asInt()).isEqualTo(7);
            assertThat(answers(node)).isEqualTo("b2");
        }

        zooKeeper.kill();
        for (LbNode node : next) {
            await().atMost(PATIENCE).until(() -> node.metrics().sum("hawser_coordination_connected") == 0);
        }
        OsProcess refused = bed.lbctl(next.get(0), "backend", "ready", "web/b1");
        assertThat(refused.awaitExit(PATIENCE)).isEqualTo(1);
        assertThat(refused.output()).contains("web/b1 stays as it is").contains("ZooKeeper");
        for (LbNode node : next) {
            assertThat(answers(node)).isEqualTo("b2");
            JsonNode ready = node.get("/readyz");
            assertThat(ready.path("ready").asBoolean()).isTrue();
            assertThat(ready.path("warnings").toString()).contains("is lost");
        }

        zooKeeper.restart();
        for (LbNode node : next) {
            awaitNodes(node, 3);
        }
        change(next.get(2), "ready", "web/b1");
        for (LbNode node : next) {
            assertThat(backend(node, "b1").path("operator").asText()).isEqualTo("ready");
            assertThat(node.get("/readyz").path("warnings")).isEmpty();
            assertThat(node.complaints()).isEmpty();
        }
    }

    /** Three nodes; they serve, and perhaps have not found each other yet. */
    private List<LbNode> start(Supplier<Configuration> configuration) throws Exception {
        List<LbNode> nodes = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            String id = "lb" + i;
            nodes.add(bed.node(id, configuration.get().node("id", id).node("address", network + i), ":"));
        }
        return nodes;
    }

    private Configuration configuration(ZooKeeper zooKeeper, JdkServer b1, JdkServer b2) {
        Configuration configuration = new Configuration()
                .node("drain-timeout", "0s")
                .zookeeper("connect", zooKeeper.connect())
                // Nodes that a loaded machine keeps waiting are not gone.
                .zookeeper("session-timeout", "10s");
        configuration.listener("https").route("web");
        configuration.pool("web").withoutAffinity().backends(b1, b2).health("check", "none");
        return configuration;
    }

    /** Until it is in force on all nodes: one that a loaded machine keeps waiting for two seconds confirms later. */
    private void change(LbNode node, String... what) {
        String[] command = Stream.concat(Stream.of("backend"), Stream.of(what)).toArray(String[]::new);
        await().atMost(PATIENCE).untilAsserted(() -> {
            OsProcess lbctl = bed.lbctl(node, command);
            assertThat(lbctl.awaitExit(PATIENCE)).as(lbctl.output()).isZero();
            assertThat(lbctl.output()).contains("in force on 3 nodes");
        });
    }

    private static void awaitNodes(LbNode node, int count) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode cluster = node.get("/api/v1/nodes");
            assertThat(cluster.path("connected").asBoolean()).isTrue();
            assertThat(cluster.path("nodes")).hasSize(count);
        });
    }

    private static JsonNode backend(LbNode node, String id) {
        for (JsonNode backend : node.get("/api/v1/pools").path("pools").get(0).path("backends")) {
            if (backend.path("backend").asText().equals(id)) {
                return backend;
            }
        }
        throw new AssertionError("no backend " + id);
    }

    /** Whom a few new clients reach. */
    private String answers(LbNode node) throws Exception {
        String first = bed.client(node.address("https")).ask().backend();
        for (int i = 0; i < 5; i++) {
            assertThat(bed.client(node.address("https")).ask().backend()).isEqualTo(first);
        }
        return first;
    }
}
