package io.hawser.cluster.members;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.hawser.cluster.harness.Backend;
import io.hawser.cluster.harness.Cluster;
import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.LbNode;
import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.harness.TlsClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
 * More than a thousand sessions, of every kind that servers give, are begun through one node of three, which is killed: all
 * are resumed through the others, on the backend that knows them, which makes an abbreviated handshake with them and with
 * nobody else. They come back from another address, as behind a NAT that has moved, wherever the session itself shows in
 * the clear; where only the address ties a client it stays the same.
 */
final class SurvivingSessionsIT {

    private static final Duration SOON = Duration.ofMinutes(1);
    private static final int MANY = 250;
    /** Of the servers that are there to be compared. */
    private static final int SOME = 30;

    private static final String TLS12 = "TLSv1.2";
    private static final String TLS13 = "TLSv1.3";
    private static final List<String> BY_SESSION = List.of("tls-session");
    private static final List<String> BY_BOTH = List.of("tls-session", "client-ip");

    @RegisterExtension
    final Testbed bed = new Testbed();

    /**
     * Backends of one kind.
     *
     * @param tickets what the nodes should find out about their session tickets; empty when they don't look
     */
    private record Servers(List<Backend> backends, List<String> by, String tickets) {}

    private final Map<String, Servers> pools = new LinkedHashMap<>();

    /**
     * Sessions of one kind.
     *
     * @param movable whether they are held by what they show, and not by where they come from
     */
    private record Kind(String pool, String version, boolean movable, int sessions) {
        @Override
        public String toString() {
            return pool + " " + version;
        }
    }

    private static final List<Kind> KINDS = List.of(
            new Kind("nginx-ids", TLS12, true, MANY),
            new Kind("nginx-tickets", TLS12, true, MANY),
            new Kind("nginx-tickets", TLS13, true, MANY),
            new Kind("addresses", TLS13, false, MANY),
            new Kind("openssl-ids", TLS12, true, SOME),
            new Kind("openssl-tickets", TLS12, true, SOME),
            new Kind("openssl-tickets", TLS13, true, SOME),
            new Kind("gnutls-ids", TLS12, true, SOME),
            new Kind("gnutls-tickets", TLS12, true, SOME),
            new Kind("gnutls-tickets", TLS13, true, SOME),
            new Kind("jdk-ids", TLS12, true, SOME),
            new Kind("jdk-tickets", TLS12, true, SOME),
            new Kind("jdk-tickets", TLS13, true, SOME),
            // Servers that keep sessions themselves give random numbers in place of tickets, and TLS 1.3 encrypts them.
            new Kind("openssl-ids", TLS13, false, SOME),
            new Kind("jdk-ids", TLS13, false, SOME));

    /** One client and whom it began its session with. */
    private record Session(Kind kind, int number, TlsClient client, String backend) {}

    private interface Starter {
        Backend start(String id) throws Exception;
    }

    private List<Backend> servers(String pool, List<String> by, String tickets, Starter starter) throws Exception {
        List<Backend> backends = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            backends.add(starter.start(pool + i));
        }
        pools.put(pool, new Servers(backends, by, tickets));
        return backends;
    }

    private void startServers() throws Exception {
        List<Backend> stateful =
                servers("nginx-ids", BY_SESSION, "nameless", id -> bed.nginx(id, "ssl_session_tickets off;"));
        pools.put("addresses", new Servers(stateful, List.of("client-ip"), ""));
        servers("nginx-tickets", BY_SESSION, "named", bed::nginx);
        servers("openssl-ids", BY_BOTH, "nameless", id -> bed.opensslServer(id, "-www", "-no_ticket"));
        servers("openssl-tickets", BY_BOTH, "named", id -> bed.opensslServer(id, "-www"));
        servers("gnutls-ids", BY_BOTH, "none", id -> bed.gnutlsServer(id, "--noticket"));
        servers("gnutls-tickets", BY_BOTH, "named", bed::gnutlsServer);
        servers("jdk-ids", BY_BOTH, "nameless", id -> bed.statefulJdkServer(id, "127.0.0.1"));
        servers("jdk-tickets", BY_BOTH, "named", bed::jdkServer);
    }

    private Configuration configuration(String address) {
        Configuration configuration = new Configuration();
        int port = 8441;
        for (Map.Entry<String, Servers> pool : pools.entrySet()) {
            configuration.listener(pool.getKey()).bind(address + ":" + port++).route(pool.getKey());
            configuration
                    .pool(pool.getKey())
                    // A balancer that ties nobody to anything by itself.
                    .set("balance", "round-robin")
                    .set("affinity", Map.of("by", pool.getValue().by()))
                    .backends(pool.getValue().backends().toArray(Backend[]::new))
                    .health("check", "none")
                    .health("sni", "localhost")
                    .health("interval", "5s")
                    .health("timeout", "5s");
        }
        return configuration;
    }

    @Test
    void sessionsOfADeadNodeGoOnOnTheirBackends() throws Exception {
        startServers();
        Cluster cluster = new Cluster(bed, 3, this::configuration).startAll();
        cluster.nodes().forEach(this::awaitTicketsKnown);

        List<Session> sessions = begin(cluster.node(1));
        assertThat(sessions).extracting(Session::backend).containsAll(allBackends());
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
        Map<String, Integer> all = new TreeMap<>();
        KINDS.forEach(kind -> all.put(kind + " resumed", kind.sessions()));
        assertThat(outcomes).isEqualTo(all);
        Cluster.awaitMembers(2, List.of(cluster.node(2), cluster.node(3)));
        assertThat(cluster.node(2).complaints()).isEmpty();
        assertThat(cluster.node(3).complaints()).isEmpty();
    }

    private List<String> allBackends() {
        return pools.values().stream()
                .flatMap(servers -> servers.backends().stream().map(Backend::id))
                .toList();
    }

    private static double entries(LbNode node) {
        return node.metrics().sum("hawser_affinity_entries");
    }

    /** Until the node knows of every backend what its tickets are worth, which is what servers of its kind are known for. */
    private void awaitTicketsKnown(LbNode node) {
        pools.forEach((pool, servers) -> {
            if (servers.tickets().isEmpty()) {
                return;
            }
            await("tickets of " + pool + " known to " + node.process().name())
                    .atMost(SOON)
                    .untilAsserted(() -> {
                        List<String> known = new ArrayList<>();
                        for (JsonNode backend :
                                node.get("/api/v1/affinity?pool=" + pool).path("tickets")) {
                            known.add(backend.path("tickets").asText());
                        }
                        assertThat(known).hasSize(3).containsOnly(servers.tickets());
                    });
        });
    }

    private List<Session> begin(LbNode node) throws Exception {
        List<Callable<Session>> all = new ArrayList<>();
        for (Kind kind : KINDS) {
            TlsClient anybody = bed.client(node.address(kind.pool()));
            for (int i = 0; i < kind.sessions(); i++) {
                TlsClient client =
                        bed.client(anybody.node()).from("127." + (20 + KINDS.indexOf(kind)) + ".0." + (i + 1));
                int number = i;
                all.add(() -> {
                    try (TlsClient.Connection connection = client.connect(kind.version())) {
                        String answer = connection.askForAll();
                        assertThat(connection.resumed())
                                .as("%s, a first connection", kind)
                                .isFalse();
                        assertThat(saysResumed(kind, answer, connection)).isFalse();
                        return new Session(kind, number, client, connection.server());
                    }
                });
            }
        }
        return inParallel(all);
    }

    private List<String> resume(List<Session> sessions, Cluster cluster) throws Exception {
        List<Callable<String>> all = new ArrayList<>();
        for (Session session : sessions) {
            Kind kind = session.kind();
            LbNode node = cluster.node(2 + session.number() % 2);
            TlsClient there = session.client().to(node.address(kind.pool()));
            TlsClient client = kind.movable()
                    ? there.from("127." + (40 + KINDS.indexOf(kind)) + ".0." + (session.number() + 1))
                    : there;
            all.add(() -> {
                try (TlsClient.Connection connection = client.connect(kind.version())) {
                    String answer = connection.askForAll();
                    if (!connection.resumed()) {
                        return kind
                                + (connection.server().equals(session.backend()) ? " begun anew" : " begun elsewhere");
                    }
                    return kind + (saysResumed(kind, answer, connection) ? " resumed" : " resumed, unknown to server");
                }
            });
        }
        return inParallel(all);
    }

    /** What the server makes of it, where it says so. */
    private static boolean saysResumed(Kind kind, String answer, TlsClient.Connection connection) {
        if (kind.pool().startsWith("openssl")) {
            return answer.contains("Reused, " + kind.version());
        }
        if (kind.pool().startsWith("jdk")) {
            return answer.contains("resumed=true");
        }
        if (kind.pool().startsWith("gnutls")) {
            return connection.resumed();
        }
        return answer.contains("X-Resumed: r");
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
