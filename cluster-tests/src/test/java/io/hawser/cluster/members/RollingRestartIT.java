package io.hawser.cluster.members;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hawser.cluster.harness.Backend;
import io.hawser.cluster.harness.Cluster;
import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.LbNode;
import io.hawser.cluster.harness.Load;
import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.harness.Regulars;
import io.hawser.cluster.harness.Testbed;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * All nodes are stopped and started again under load, one after the other as the documents say: no request fails, and in
 * the end, when no node is left that saw a session begin, every session still finds its backend.
 */
final class RollingRestartIT {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int PORT = 8441;

    @RegisterExtension
    final Testbed bed = new Testbed();

    private final List<Backend> backends = new ArrayList<>();

    @Test
    @Timeout(900)
    void noRequestFailsAndEverySessionIsKept() throws Exception {
        for (int i = 1; i <= 3; i++) {
            backends.add(bed.jdkServer("b" + i));
        }
        Cluster cluster = new Cluster(bed, 3, this::configuration).startAll();
        Regulars regulars = new Regulars(
                bed, cluster.nodes().stream().map(node -> node.address("web")).toList(), 60, 40);
        assertThat(regulars.backends()).contains("b1", "b2", "b3");
        Load load = bed.load("sessions that come back", 2, regulars);
        load.awaitMore(60);
        for (int number = 1; number <= 3; number++) {
            LbNode node = cluster.node(number);
            awaitSafeToStop(node);
            node.process().signal(OsProcess.Signal.TERM);
            assertThat(node.process().awaitExit(PATIENCE)).isZero();
            assertThat(node.complaints()).isEmpty();
            load.awaitMore(60);
            LbNode next = cluster.restart(number);
            Cluster.awaitMembers(3, cluster.nodes());
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            next.get("/readyz").path("ready").asBoolean())
                    .isTrue());
            load.awaitMore(60);
        }
        assertThat(load.stop()).isEmpty();
        System.out.printf(
                "rolling restart: %d sessions came back, %d times a node was passed over that was not there; the longest"
                        + " took %d ms%n",
                load.done(), regulars.refused(), load.slowestMillis());
        for (LbNode node : cluster.nodes()) {
            assertThat(node.complaints()).isEmpty();
        }
    }

    /** As an operator makes sure of it. */
    private void awaitSafeToStop(LbNode node) throws IOException {
        OsProcess lbctl = bed.lbctl(node, "nodes", "--wait-safe", "--timeout", "50s");
        assertThat(lbctl.awaitExit(PATIENCE)).as(lbctl.output()).isZero();
    }

    private Configuration configuration(String address) {
        Configuration configuration = new Configuration().node("drain-timeout", "60s");
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
