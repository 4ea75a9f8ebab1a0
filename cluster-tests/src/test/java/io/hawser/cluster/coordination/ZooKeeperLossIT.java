package io.hawser.cluster.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.hawser.cluster.harness.Backend;
import io.hawser.cluster.harness.Cluster;
import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.LbNode;
import io.hawser.cluster.harness.Load;
import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.harness.Regulars;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.harness.ZooKeeper;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * ZooKeeper is gone for a while: nodes that found each other by it go on as one, sessions find their backends, new ones
 * begin, the nodes say what is missing, and all is well again by itself.
 */
final class ZooKeeperLossIT {

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** How long it is away, in seconds; longer than a session with it lasts. */
    private static final int AWAY = Integer.getInteger("hawser.zookeeper.away", 15);

    private static final int PORT = 8441;

    @RegisterExtension
    final Testbed bed = new Testbed();

    /** So that clusters of tests that run at the same time don't meet. */
    private final String network = "127." + ThreadLocalRandom.current().nextInt(64, 250) + "."
            + ThreadLocalRandom.current().nextInt(1, 250) + ".";

    private final List<Backend> backends = new ArrayList<>();
    private final List<LbNode> nodes = new ArrayList<>();

    @Test
    @Timeout(900)
    void nobodyNoticesButTheOperator() throws Exception {
        ZooKeeper zooKeeper = bed.zooKeeper();
        for (int i = 1; i <= 3; i++) {
            backends.add(bed.jdkServer("b" + i));
        }
        for (int i = 1; i <= 2; i++) {
            nodes.add(bed.node("lb" + i, configuration(zooKeeper, i), ":"));
        }
        Cluster.awaitMembers(2, nodes);
        List<InetSocketAddress> addresses =
                nodes.stream().map(node -> node.address("web")).toList();
        Regulars regulars = new Regulars(bed, addresses, 60, 40);
        Load load = bed.load("sessions that come back", 2, regulars);
        load.awaitMore(60);

        zooKeeper.kill();
        long since = System.nanoTime();
        for (LbNode node : nodes) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(connected(node)).isZero());
        }
        // Those who come for the first time are tied, too, and find their backends again at the other node.
        Load newcomers = bed.load("sessions of newcomers", 1, new Regulars(bed, addresses, 30, 41));
        await("ZooKeeper has been away for " + AWAY + " s")
                .atMost(Duration.ofSeconds(AWAY + 60L))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    nodes.forEach(ZooKeeperLossIT::assertServesAlone);
                    return System.nanoTime() - since > Duration.ofSeconds(AWAY).toNanos();
                });
        newcomers.awaitMore(30);
        load.awaitMore(60);

        long back = System.nanoTime();
        zooKeeper.restart();
        for (LbNode node : nodes) {
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(connected(node)).isEqualTo(1);
                assertThat(node.get("/readyz").path("warnings")).isEmpty();
                JsonNode cluster = node.get("/api/v1/nodes");
                assertThat(cluster.path("connected").asBoolean()).isTrue();
                assertThat(cluster.path("nodes")).hasSize(2);
            });
        }
        double recovered = (System.nanoTime() - back) / 1e9;
        await().atMost(PATIENCE).untilAsserted(() -> {
            OsProcess lbctl = bed.lbctl(nodes.get(0), "backend", "weight", "web/b1", "50");
            assertThat(lbctl.awaitExit(PATIENCE)).as(lbctl.output()).isZero();
        });
        load.awaitMore(60);
        assertThat(load.stop()).isEmpty();
        assertThat(newcomers.stop()).isEmpty();
        System.out.printf(
                "ZooKeeper away for %d s: %d sessions came back, none failed, the longest took %d ms; the nodes were well"
                        + " %.1f s after it was started again%n",
                AWAY,
                load.done() + newcomers.done(),
                Math.max(load.slowestMillis(), newcomers.slowestMillis()),
                recovered);
        assertThat(regulars.refused()).isZero();
        for (LbNode node : nodes) {
            assertThat(node.complaints()).isEmpty();
        }
    }

    private static void assertServesAlone(LbNode node) {
        assertThat(connected(node)).isZero();
        assertThat(node.metrics().sum("hawser_cluster_members")).isEqualTo(2);
        JsonNode ready = node.get("/readyz");
        assertThat(ready.path("ready").asBoolean()).isTrue();
        assertThat(ready.path("warnings").toString()).contains("ZooKeeper");
        assertThat(node.get("/api/v1/nodes").path("connected").asBoolean()).isFalse();
    }

    private static double connected(LbNode node) {
        return node.metrics().sum("hawser_coordination_connected");
    }

    private Configuration configuration(ZooKeeper zooKeeper, int number) {
        String address = network + number;
        Configuration configuration = new Configuration()
                .node("id", "lb" + number)
                .node("address", address)
                .node("drain-timeout", "0s")
                .cluster("name", network)
                .zookeeper("connect", zooKeeper.connect())
                .zookeeper("session-timeout", "4s");
        configuration.listener("web").bind(address + ":" + PORT).route("web");
        configuration
                .pool("web")
                // A balancer that ties nobody to anything by itself.
                .set("balance", "round-robin")
                .set("affinity", Map.of("by", List.of("tls-session", "client-ip")))
                .backends(backends.toArray(Backend[]::new))
                .health("sni", "localhost");
        return configuration;
    }
}
