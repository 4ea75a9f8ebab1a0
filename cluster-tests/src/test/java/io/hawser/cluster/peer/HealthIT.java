package io.hawser.cluster.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.LbNode;
import io.hawser.cluster.harness.Nginx;
import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.harness.TlsClient;
import io.hawser.cluster.harness.Tool;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A backend dies and comes back while the node is busy. */
final class HealthIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    final Testbed bed = new Testbed();

    @Test
    @Timeout(120)
    void aBackendDiesAndComesBackUnderLoad() throws Exception {
        Nginx b1 = bed.nginx("b1");
        Nginx b2 = bed.nginx("b2");
        Configuration configuration = new Configuration();
        configuration.listener("https").route("web");
        configuration
                .pool("web")
                .set("balance", "round-robin")
                .withoutAffinity()
                .backends(b1, b2)
                .health("interval", "500ms")
                .health("timeout", "500ms")
                .health("fall", 2)
                .health("rise", 2);
        LbNode node = bed.node(configuration);
        OsProcess load = bed.start(
                Tool.WRK,
                "-t",
                "1",
                "-c",
                "4",
                "-d",
                "100",
                "-H",
                "connection: close",
                "https://127.0.0.1:" + node.address("https").getPort() + "/");
        awaitTraffic(node, "b1");
        awaitTraffic(node, "b2");

        b1.kill();
        // From now on nobody may notice: whoever is sent there is sent on.
        TlsClient client = bed.client(node.address("https"));
        for (int i = 0; i < 50; i++) {
            assertThat(client.get("/")).isEqualTo("b2\n");
        }
        awaitUp(node, 0);

        b1.restart();
        awaitUp(node, 1);
        awaitTraffic(node, "b1");
        awaitTraffic(node, "b2");
        assertThat(load.isAlive()).isTrue();
        assertThat(node.complaints()).isEmpty();
    }

    private static void awaitUp(LbNode node, int up) {
        Awaitility.await("b1 is " + (up == 1 ? "up" : "down"))
                .atMost(PATIENCE)
                .until(() -> node.metrics().sum("hawser_backend_up", "pool", "web", "backend", "b1") == up);
    }

    /** Waits until the backend has got some more connections. */
    private static void awaitTraffic(LbNode node, String backend) {
        double before = connections(node, backend);
        Awaitility.await("traffic to " + backend)
                .atMost(PATIENCE)
                .until(() -> connections(node, backend) > before + 20);
    }

    private static double connections(LbNode node, String backend) {
        return node.metrics().sum("hawser_backend_connections_total", "pool", "web", "backend", backend);
    }
}
