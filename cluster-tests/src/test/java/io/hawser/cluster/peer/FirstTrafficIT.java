package io.hawser.cluster.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.Facts;
import io.hawser.cluster.harness.JdkServer;
import io.hawser.cluster.harness.LbNode;
import io.hawser.cluster.harness.Metrics;
import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.harness.Testbed;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The shortest way from a configuration of a few lines to an answer, and to the end of the node. */
final class FirstTrafficIT {

    @RegisterExtension
    final Testbed bed = new Testbed();

    @Test
    void aNodeStartsCarriesARequestAndEndsInOrder() throws IOException, GeneralSecurityException {
        JdkServer backend = bed.jdkServer("b1");
        Configuration configuration = new Configuration();
        configuration.listener("https").route("web");
        configuration.pool("web").backends(backend);
        LbNode node = bed.node(configuration);
        int descriptors = node.process().openDescriptors();

        Facts answer = bed.client(node.address("https")).ask();

        assertThat(answer.backend()).isEqualTo("b1");
        assertThat(answer.tls()).isEqualTo("TLSv1.3");
        assertThat(answer.serverName()).isEqualTo("localhost");
        Metrics metrics = node.metrics();
        assertThat(metrics.sum("hawser_connections_total", "listener", "https", "pool", "web"))
                .isEqualTo(1);
        Awaitility.await().untilAsserted(() -> assertThat(node.process().openDescriptors())
                .isLessThanOrEqualTo(descriptors + 2));
        node.process().signal(OsProcess.Signal.TERM);
        assertThat(node.process().awaitExit(Duration.ofSeconds(30))).isZero();
        assertThat(node.complaints()).isEmpty();
    }
}
