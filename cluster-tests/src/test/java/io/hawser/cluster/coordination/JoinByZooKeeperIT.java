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
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes that know nothing of each other but where ZooKeeper is become one cluster; ids that meet there do not. */
final class JoinByZooKeeperIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @RegisterExtension
    final Testbed bed = new Testbed();

    /** So that clusters of tests that run at the same time don't meet. */
    private final String network = "127." + ThreadLocalRandom.current().nextInt(64, 250) + "."
            + ThreadLocalRandom.current().nextInt(1, 250) + ".";

    @Test
    @Timeout(400)
    void nodesFindEachOther() throws Exception {
        ZooKeeper zooKeeper = bed.zooKeeper();
        JdkServer b1 = bed.jdkServer("b1");
        LbNode a = bed.node("lb1", configuration(zooKeeper, b1, 1), ":");
        LbNode b = bed.node("lb2", configuration(zooKeeper, b1, 2), ":");

        await().atMost(PATIENCE).until(() -> members(a) == 2 && members(b) == 2);
        JsonNode nodes = a.get("/api/v1/nodes").path("nodes");
        assertThat(nodes.findValuesAsText("node")).containsExactly("lb1", "lb2");
        assertThat(nodes.findValuesAsText("address")).containsExactly(network + 1, network + 2);
        assertThat(nodes.findValuesAsText("admin"))
                .containsExactly(a.admin().toString(), b.admin().toString());

        OsProcess twin = bed.startNode("twin", configuration(zooKeeper, b1, 3).node("id", "lb1"));
        assertThat(twin.awaitExit(PATIENCE)).isEqualTo(1);
        assertThat(twin.output()).contains("the node id lb1 is taken by another node that is alive, at " + network + 1);

        b.process().signal(OsProcess.Signal.TERM);
        await().atMost(PATIENCE)
                .until(() -> a.get("/api/v1/nodes").path("nodes").size() == 1 && members(a) == 1);
    }

    private static double members(LbNode node) {
        return node.metrics().sum("hawser_cluster_members");
    }

    private Configuration configuration(ZooKeeper zooKeeper, JdkServer b1, int number) {
        Configuration configuration = new Configuration()
                .node("id", "lb" + number)
                .node("address", network + number)
                .node("drain-timeout", "0s")
                .cluster("name", "by-zookeeper")
                .zookeeper("connect", zooKeeper.connect())
                .zookeeper("session-timeout", "10s");
        configuration.listener("https").route("web");
        configuration.pool("web").backends(b1).health("check", "none");
        return configuration;
    }
}
