package io.hawser.cluster.members;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.hawser.cluster.harness.Cluster;
import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.LbNode;
import io.hawser.cluster.harness.Nginx;
import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.harness.TlsClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A thousand sessions are begun through one node of three, which is killed: all are resumed through the others, on the
 * backend that knows them, which the backend itself confirms. TLS sessions come back from another address, as behind a
 * NAT that has moved; where only the address ties a client it stays the same.
 */
final class SurvivingSessionsIT {

    private static final int SESSIONS = 250;
    private static final Duration SOON = Duration.ofMinutes(1);

    @RegisterExtension
    final Testbed bed = new Testbed();

    private final List<Nginx> stateful = new ArrayList<>();
    private final List<Nginx> ticketing = new ArrayList<>();

    /** One client and what it knows of its session. */
    private record Session(TlsClient client, String version, boolean byAddress, String backend) {}

    private Configuration configuration(String address) {
        Configuration configuration = new Configuration();
        configuration.listener("ids").bind(address + ":8441").route("ids");
        configuration.listener("tickets").bind(address + ":8442").route("tickets");
        configuration.listener("addresses").bind(address + ":8443").route("addresses");
        // A balancer that ties nobody to anything by itself.
        pool(configuration, "ids", List.of("tls-session"), stateful);
        pool(configuration, "tickets", List.of("tls-session"), ticketing);
        pool(configuration, "addresses", List.of("client-ip"), stateful);
        return configuration;
    }

    private static void pool(Configuration configuration, String id, List<String> by, List<Nginx> backends) {
        configuration
                .pool(id)
                .set("balance", "round-robin")
                .set("affinity", Map.of("by", by))
                .backends(backends.toArray(Nginx[]::new))
                .health("sni", "localhost")
                .health("interval", "5s")
                .health("timeout", "5s");
    }

    @Test
    void sessionsOfADeadNodeGoOnOnTheirBackends() throws Exception {
        for (int i = 1; i <= 3; i++) {
            stateful.add(bed.nginx("s" + i, "ssl_session_tickets off;"));
            ticketing.add(bed.nginx("t" + i));
        }
        Cluster cluster = new Cluster(bed, 3, this::configuration).startAll();
        cluster.nodes().forEach(SurvivingSessionsIT::awaitIssuers);

        List<Session> sessions = new ArrayList<>();
        sessions.addAll(begin(cluster.node(1), "ids", "TLSv1.2", false, 20));
        sessions.addAll(begin(cluster.node(1), "tickets", "TLSv1.2", false, 21));
        sessions.addAll(begin(cluster.node(1), "tickets", "TLSv1.3", false, 22));
        sessions.addAll(begin(cluster.node(1), "addresses", "TLSv1.3", true, 23));
        assertThat(sessions).extracting(Session::backend).contains("s1", "s2", "s3", "t1", "t2", "t3");
        for (LbNode other : List.of(cluster.node(2), cluster.node(3))) {
            await("all sessions are known to " + other.process().name())
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(entries(other)).isEqualTo(entries(cluster.node(1))));
        }
        cluster.node(1).process().signal(OsProcess.Signal.KILL);

        Map<String, Integer> outcomes = new TreeMap<>();
        for (String outcome : resume(sessions, cluster)) {
            outcomes.merge(outcome, 1, Integer::sum);
        }
        assertThat(outcomes)
                .containsExactlyInAnyOrderEntriesOf(Map.of("resumed", 3 * SESSIONS, "same backend", SESSIONS));
        Cluster.awaitMembers(2, List.of(cluster.node(2), cluster.node(3)));
        assertThat(cluster.node(2).complaints()).isEmpty();
        assertThat(cluster.node(3).complaints()).isEmpty();
    }

    private static double entries(LbNode node) {
        return node.metrics().sum("hawser_affinity_entries");
    }

    /** Until every backend of the pool that gives tickets is known by them. */
    private static void awaitIssuers(LbNode node) {
        await("issuers known to " + node.process().name()).atMost(SOON).until(() -> {
            int named = 0;
            for (JsonNode backend : node.get("/api/v1/affinity?pool=tickets").path("tickets")) {
                named += backend.path("tickets").asText().equals("named") ? 1 : 0;
            }
            return named == 3;
        });
    }

    private List<Session> begin(LbNode node, String listener, String version, boolean byAddress, int network)
            throws Exception {
        List<Callable<Session>> all = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            TlsClient client = bed.client(node.address(listener)).from("127." + network + ".0." + (i + 1));
            all.add(() -> {
                TlsClient.Answer answer = ask(client, version);
                assertThat(answer.header("X-Resumed")).as("a first connection").isEqualTo(".");
                return new Session(client, version, byAddress, answer.body().strip());
            });
        }
        return inParallel(all);
    }

    private List<String> resume(List<Session> sessions, Cluster cluster) throws Exception {
        List<Callable<String>> all = new ArrayList<>();
        for (int i = 0; i < sessions.size(); i++) {
            Session session = sessions.get(i);
            LbNode node = cluster.node(2 + i % 2);
            int number = i;
            all.add(() -> {
                String listener = listener(session);
                TlsClient moved = session.client().to(node.address(listener));
                if (!session.byAddress()) {
                    moved = moved.from("127.30." + number / 250 + "." + (number % 250 + 1));
                }
                TlsClient.Answer answer = ask(moved, session.version());
                if (!answer.body().strip().equals(session.backend())) {
                    return session.version() + " of " + listener + " moved";
                }
                if (session.byAddress()) {
                    return "same backend";
                }
                return answer.header("X-Resumed").equals("r") ? "resumed" : "not resumed: " + session.version();
            });
        }
        return inParallel(all);
    }

    private static String listener(Session session) {
        if (session.byAddress()) {
            return "addresses";
        }
        return session.backend().startsWith("s") ? "ids" : "tickets";
    }

    private static TlsClient.Answer ask(TlsClient client, String version) throws IOException {
        try (TlsClient.Connection connection = client.connect(version)) {
            connection.send("/");
            return connection.receive();
        }
    }

    private static <T> List<T> inParallel(List<Callable<T>> tasks) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> result : threads.invokeAll(tasks)) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
