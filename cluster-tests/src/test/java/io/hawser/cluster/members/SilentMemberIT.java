package io.hawser.cluster.members;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.hawser.cluster.harness.Certificates;
import io.hawser.cluster.harness.Cluster;
import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.JdkServer;
import io.hawser.cluster.harness.LbNode;
import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.harness.TlsClient;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A member that is stopped dead, without its connections ending: clients that nobody knows, whose first connection asks the
 * cluster who was first, are served all the same, and after a few unanswered questions nobody asks. The members speak TLS,
 * which makes none of this worse.
 */
final class SilentMemberIT {

    private static final int CLIENTS = 400;

    @RegisterExtension
    final Testbed bed = new Testbed();

    @Test
    void aMemberThatHangsHoldsNobodyUp() throws Exception {
        JdkServer b1 = bed.plainServer(
                "b1", (server, socket) -> socket.getOutputStream().write('1'));
        JdkServer b2 = bed.plainServer(
                "b2", (server, socket) -> socket.getOutputStream().write('2'));
        Certificates.Server member = bed.certificates().server("member");
        Map<String, Object> tls = Map.of(
                "certificate-file", member.certificate().toString(),
                "key-file", member.key().toString(),
                "ca-file", bed.certificates().authority().toString());
        Cluster cluster =
                new Cluster(bed, 3, address -> configuration(address, b1, b2).cluster("tls", tls)).startAll();
        LbNode node = cluster.node(1);
        TlsClient client = bed.client(node.address("tcp"));

        List<Long> calm = firstConnections(client, 40);
        double answered = claims(node, "won") + claims(node, "lost");
        cluster.node(3).process().signal(OsProcess.Signal.STOP);
        try {
            List<Long> silent = firstConnections(client, 41);
            System.out.printf(
                    "first connections, µs: median %d, p99 %d, most %d; with a silent member: median %d, p99 %d, most %d;"
                            + " claims timed out %.0f, skipped %.0f%n",
                    at(calm, 0.5),
                    at(calm, 0.99),
                    at(calm, 1),
                    at(silent, 0.5),
                    at(silent, 0.99),
                    at(silent, 1),
                    claims(node, "timed-out"),
                    claims(node, "skipped"));
        } finally {
            cluster.node(3).process().signal(OsProcess.Signal.CONT);
        }
        assertThat(answered).as("claims that were answered while all was well").isPositive();
        // A third of the keys is the silent member's; without a limit each of them would have waited. How many a busy
        // machine's other members leave unanswered is no concern here.
        assertThat(claims(node, "timed-out")).isPositive();
        assertThat(claims(node, "skipped")).isPositive();
        Cluster.awaitMembers(3, cluster.nodes());
        leavesOnlyWhenTheOthersKnowAll(cluster, client);
    }

    /** The silent member doesn't confirm what it is told, until it is none any more. */
    private static void leavesOnlyWhenTheOthersKnowAll(Cluster cluster, TlsClient client) throws Exception {
        LbNode node = cluster.node(1);
        await("nothing is under way")
                .atMost(Duration.ofSeconds(30))
                .until(() -> node.get("/api/v1/nodes").findValues("safe-to-stop").stream()
                        .allMatch(JsonNode::asBoolean));
        OsProcess silent = cluster.node(3).process();
        int from = node.process().lineCount();
        silent.signal(OsProcess.Signal.STOP);
        try {
            try (Socket socket = client.from("127.42.0.1").connectPlain()) {
                assertThat(socket.getInputStream().read()).isPositive();
            }
            node.process().signal(OsProcess.Signal.TERM);
            assertThat(node.process().awaitExit(Duration.ofSeconds(60))).isZero();
            // The member is gone for one thread of the node a moment before it is for another.
            assertThat(timeOf(node, from, "the other nodes know all that this one knew of sessions"))
                    .isAfter(timeOf(node, from, "node lb3 has left the cluster").minusSeconds(1));
        } finally {
            silent.signal(OsProcess.Signal.CONT);
        }
    }

    private static Instant timeOf(LbNode node, int from, String part) {
        return node.process().lines().stream()
                .skip(from)
                .filter(line -> line.contains(part))
                .map(line -> Instant.parse(line.substring("time=".length(), line.indexOf(' '))))
                .findFirst()
                .orElseThrow(() -> new AssertionError("it did not say: " + part));
    }

    private static Configuration configuration(String address, JdkServer... backends) {
        Configuration configuration = new Configuration();
        configuration
                .listener("tcp")
                .bind(address + ":8440")
                .set("protocol", "tcp")
                .route("tcp");
        configuration
                .pool("tcp")
                .set("affinity", Map.of("by", List.of("client-ip")))
                .backends(backends)
                .health("check", "none");
        return configuration;
    }

    /** Each from an address that was never seen; how long each took, in microseconds, the shortest first. */
    private static List<Long> firstConnections(TlsClient client, int network) throws Exception {
        List<Long> micros = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            TlsClient unknown = client.from("127." + network + "." + i / 200 + "." + (i % 200 + 1));
            long begun = System.nanoTime();
            try (Socket socket = unknown.connectPlain()) {
                assertThat(socket.getInputStream().read()).isIn((int) '1', (int) '2');
            }
            micros.add((System.nanoTime() - begun) / 1000);
        }
        Collections.sort(micros);
        return micros;
    }

    private static long at(List<Long> sorted, double share) {
        return sorted.get((int) Math.min(sorted.size() - 1, share * sorted.size()));
    }

    private static double claims(LbNode node, String result) {
        return node.metrics().sum("hawser_affinity_claims_total", "result", result);
    }
}
