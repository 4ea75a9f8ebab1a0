package io.hawser.cluster.members;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.hawser.cluster.harness.Backend;
import io.hawser.cluster.harness.Cluster;
import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.Facts;
import io.hawser.cluster.harness.LbNode;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.harness.TlsClient;
import io.hawser.cluster.harness.ZooKeeper;
import io.hawser.cluster.lab.Host;
import io.hawser.cluster.lab.Lab;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Three nodes on hosts of their own, and a network between them that breaks: both parts serve, each with all that was
 * known before, and when they meet again they know what either had learned. Clients and backends reach every node all the
 * time.
 */
@Timeout(900)
final class PartitionIT {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    /** What is promised is ten seconds; this is for a machine that does many other things. */
    private static final Duration AGREEMENT = Duration.ofSeconds(30);

    private static final int SESSIONS = 6;
    private static final int RIVALS = 12;
    private static final int STRANGERS = 300;

    @RegisterExtension
    static final Testbed bed = new Testbed();

    private static Lab lab;
    private static Host a;
    private static Host b;
    private static Host c;
    private static Host zooKeeperHost;
    private static Host world;
    private static final Map<Host, LbNode> nodes = new HashMap<>();
    /** Every client has an address of its own, in 198.18.0.0/15. */
    private static int clients;

    /** How sessions are held. */
    private enum Kind {
        IDS(8441, "TLSv1.2"),
        TICKETS_12(8442, "TLSv1.2"),
        TICKETS_13(8442, "TLSv1.3"),
        ADDRESSES(8443, "TLSv1.3");

        final int port;
        final String version;

        Kind(int port, String version) {
            this.port = port;
            this.version = version;
        }
    }

    private record Session(Kind kind, TlsClient client, String backend) {}

    /** Who reaches ZooKeeper while A is cut off from B and C. */
    enum ZooKeeperIs {
        WITH_B_AND_C,
        WITH_A
    }

    @BeforeAll
    static void up() throws Exception {
        lab = Lab.create();
        a = lab.host("a");
        b = lab.host("b");
        c = lab.host("c");
        zooKeeperHost = lab.host("zk");
        world = lab.host("world");
        world.ip("route", "add", "local", "198.18.0.0/15", "dev", "lo");
        for (Host host : List.of(a, b, c)) {
            host.ip("route", "add", "198.18.0.0/15", "via", world.address());
        }
        ZooKeeper zooKeeper = bed.zooKeeper(zooKeeperHost, zooKeeperHost.address());
        List<Backend> stateful = new ArrayList<>();
        List<Backend> ticketing = new ArrayList<>();
        List<Backend> plain = new ArrayList<>();
        world.call(() -> {
            for (int i = 1; i <= 3; i++) {
                stateful.add(bed.statefulJdkServer("s" + i, world.address()));
                ticketing.add(bed.jdkServer("t" + i, world.address()));
                plain.add(bed.plainServer("p" + i, world.address(), (server, socket) -> socket.getOutputStream()
                        .write('!')));
            }
            return plain;
        });
        for (Host host : List.of(a, b, c)) {
            Configuration configuration = new Configuration()
                    .node("id", host.name())
                    .node("address", host.address())
                    .node("drain-timeout", "0s")
                    .cluster("name", "partition")
                    .zookeeper("connect", zooKeeper.connect());
            pool(configuration, host, "ids", 8441, "tls-session", stateful);
            pool(configuration, host, "tickets", 8442, "tls-session", ticketing);
            pool(configuration, host, "addresses", 8443, "client-ip", stateful);
            pool(configuration, host, "plain", 8440, "client-ip", plain);
            configuration.listener("plain").set("protocol", "tcp");
            nodes.put(host, bed.node(host.name(), host, configuration, ":"));
        }
        Cluster.awaitMembers(3, List.copyOf(nodes.values()));
        nodes.values().forEach(PartitionIT::awaitIssuers);
    }

    private static LbNode node(Host host) {
        return Objects.requireNonNull(nodes.get(host), host.name());
    }

    private static void pool(
            Configuration configuration, Host host, String id, int port, String by, List<Backend> backends) {
        configuration.listener(id).bind(host.address() + ":" + port).route(id);
        configuration
                .pool(id)
                // A balancer that ties nobody to anything by itself: each node chooses for itself.
                .set("balance", "round-robin")
                .set("affinity", Map.of("by", List.of(by)))
                .backends(backends.toArray(Backend[]::new))
                .health("check", "none")
                .health("sni", "localhost");
    }

    private static void awaitIssuers(LbNode node) {
        await("issuers known to " + node.process().name()).atMost(PATIENCE).untilAsserted(() -> assertThat(
                        node.get("/api/v1/affinity?pool=tickets")
                                .path("tickets")
                                .findValuesAsText("tickets"))
                .containsExactly("named", "named", "named"));
    }

    @AfterEach
    void healed() {
        lab.faults().heal();
        Cluster.awaitMembers(3, List.copyOf(nodes.values()));
    }

    @AfterAll
    static void down() throws Exception {
        for (LbNode node : nodes.values()) {
            node.close();
        }
        if (lab != null) {
            lab.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void bothPartsServeAndNothingIsLost(ZooKeeperIs zooKeeperIs) throws Exception {
        List<Session> before = begin(a, b, c);
        lab.faults().cut(a, b);
        lab.faults().cut(a, c);
        List<Host> withoutZooKeeper = zooKeeperIs == ZooKeeperIs.WITH_A ? List.of(b, c) : List.of(a);
        withoutZooKeeper.forEach(host -> lab.faults().cut(host, zooKeeperHost));
        Cluster.awaitMembers(1, List.of(node(a)));
        Cluster.awaitMembers(2, List.of(node(b), node(c)));
        for (Host host : withoutZooKeeper) {
            awaitCoordination(host, 0);
        }

        Rivals rivals = new Rivals();
        resumeAll(before, a);
        resumeAll(before, b, c);
        List<Session> atA = begin(a);
        List<Session> atBAndC = begin(b, c);
        // Long after their first visit, for ages of uses are told no more exactly than messages are quick.
        Map<String, String> latest = rivals.visitTheOthers();
        Set<String> known = new HashSet<>(entries(a).keySet());
        known.addAll(entries(b).keySet());

        long healed = System.nanoTime();
        lab.faults().heal();
        await("all nodes agree").atMost(AGREEMENT).untilAsserted(() -> {
            Map<String, String> all = entries(a);
            assertThat(entries(b)).isEqualTo(all);
            assertThat(entries(c)).isEqualTo(all);
            assertThat(all).containsAllEntriesOf(latest);
            assertThat(all).containsKeys(known.toArray(String[]::new));
        });
        System.out.printf(
                "ZooKeeper %s: %d entries, agreed upon %.1f s after the network was whole again%n",
                zooKeeperIs, entries(a).size(), (System.nanoTime() - healed) / 1e9);
        resumeAll(atA, b, c);
        resumeAll(atBAndC, a);
        resumeAll(before, a, b, c);
        Cluster.awaitMembers(3, List.copyOf(nodes.values()));
        for (Host host : withoutZooKeeper) {
            awaitCoordination(host, 1);
        }
        for (LbNode node : nodes.values()) {
            assertThat(node.complaints()).isEmpty();
        }
    }

    /** No reset, no refusal: packets to and from one node just don't arrive any more. */
    @Test
    void aHostWithoutPowerHoldsNobodyUp() throws Exception {
        LbNode node = node(a);
        List<Double> calm = firstConnections();
        double answered = claims(node, "won") + claims(node, "lost");
        double timedOut = claims(node, "timed-out");
        lab.faults().cut(c);
        List<Double> silent = firstConnections();
        System.out.printf(
                "first connections, ms: median %.1f, p99 %.1f, most %.1f;"
                        + " with a host without power: median %.1f, p99 %.1f, most %.1f; claims timed out %.0f%n",
                at(calm, 0.5),
                at(calm, 0.99),
                at(calm, 1),
                at(silent, 0.5),
                at(silent, 0.99),
                at(silent, 1),
                claims(node, "timed-out") - timedOut);
        assertThat(answered).as("claims that were answered while all was well").isPositive();
        assertThat(claims(node, "timed-out")).isGreaterThan(timedOut);
        assertThat(claims(node, "skipped")).isPositive();
        Cluster.awaitMembers(2, List.of(node(a), node(b)));
    }

    private static String nextAddress() {
        clients++;
        return "198." + (18 + clients / 62_500) + "." + clients / 250 % 250 + "." + (clients % 250 + 1);
    }

    /** New sessions of every kind through each of these nodes. */
    private static List<Session> begin(Host... through) throws Exception {
        return world.call(() -> {
            List<Session> sessions = new ArrayList<>();
            for (Host host : through) {
                for (Kind kind : Kind.values()) {
                    for (int i = 0; i < SESSIONS; i++) {
                        TlsClient client = bed.client(new InetSocketAddress(host.address(), kind.port))
                                .from(nextAddress());
                        Facts facts = ask(client, kind.version);
                        assertThat(facts.resumed()).isFalse();
                        sessions.add(new Session(kind, client, facts.backend()));
                    }
                }
            }
            return sessions;
        });
    }

    /** Sessions come back in turn through these nodes; those of TLS from somewhere else. */
    private static void resumeAll(List<Session> sessions, Host... through) throws Exception {
        Map<String, Integer> outcomes = new TreeMap<>();
        Map<String, Integer> expected = new TreeMap<>();
        world.call(() -> {
            int turn = 0;
            for (Session session : sessions) {
                Host host = through[turn++ % through.length];
                TlsClient there = session.client().to(new InetSocketAddress(host.address(), session.kind().port));
                Facts facts = ask(
                        session.kind() == Kind.ADDRESSES ? there : there.from(nextAddress()), session.kind().version);
                String outcome = !facts.backend().equals(session.backend())
                        ? "elsewhere"
                        : facts.resumed() ? "resumed" : "begun anew";
                outcomes.merge(session.kind() + " " + outcome, 1, Integer::sum);
                expected.merge(session.kind() + " resumed", 1, Integer::sum);
            }
            return turn;
        });
        assertThat(outcomes).isEqualTo(expected);
    }

    private static Facts ask(TlsClient client, String version) throws Exception {
        try (TlsClient.Connection connection = client.connect(version)) {
            return connection.ask();
        }
    }

    /** Clients that come to both parts, which can't know of each other's choice; half of them to A first, half to B. */
    private static final class Rivals {
        private final List<String> aFirst = new ArrayList<>();
        private final List<String> bFirst = new ArrayList<>();
        private final Map<String, String> first = new HashMap<>();

        Rivals() throws Exception {
            for (int i = 0; i < RIVALS; i++) {
                aFirst.add(nextAddress());
                bFirst.add(nextAddress());
            }
            first.putAll(visit(a, aFirst));
            first.putAll(visit(b, bFirst));
        }

        /** Whom each has to find in the end: the one that it used last. */
        Map<String, String> visitTheOthers() throws Exception {
            // The other way round, so that two balancers in step still choose differently.
            Collections.reverse(aFirst);
            Collections.reverse(bFirst);
            Map<String, String> latest = new HashMap<>();
            latest.putAll(visit(b, aFirst));
            latest.putAll(visit(a, bFirst));
            assertThat(latest.entrySet().stream()
                            .filter(entry -> !entry.getValue().equals(first.get(entry.getKey()))))
                    .as("clients that the two parts sent to different backends")
                    .hasSizeGreaterThan(RIVALS / 2);
            return latest;
        }
    }

    private static Map<String, String> visit(Host host, List<String> addresses) throws Exception {
        return world.call(() -> {
            Map<String, String> backends = new HashMap<>();
            for (String address : addresses) {
                TlsClient client = bed.client(new InetSocketAddress(host.address(), Kind.ADDRESSES.port))
                        .from(address);
                backends.put(
                        "addresses " + address,
                        ask(client, Kind.ADDRESSES.version).backend());
            }
            return backends;
        });
    }

    /** All that a node has in its tables: the backend by the key. */
    private static Map<String, String> entries(Host host) {
        Map<String, String> entries = new TreeMap<>();
        for (String pool : List.of("ids", "tickets", "addresses")) {
            JsonNode page = node(host).get("/api/v1/affinity?limit=10000&pool=" + pool);
            for (JsonNode entry : page.path("found")) {
                entries.put(
                        pool + " " + entry.path("key").asText(),
                        entry.path("backend").asText());
            }
        }
        return entries;
    }

    private static void awaitCoordination(Host host, double connected) {
        await("coordination of " + host).atMost(PATIENCE).untilAsserted(() -> assertThat(
                        node(host).metrics().sum("hawser_coordination_connected"))
                .isEqualTo(connected));
    }

    /** Each from an address that was never seen; how long each took, in milliseconds, the shortest first. */
    private static List<Double> firstConnections() throws Exception {
        return world.call(() -> {
            List<Double> millis = new ArrayList<>();
            TlsClient anybody = bed.client(new InetSocketAddress(a.address(), 8440));
            for (int i = 0; i < STRANGERS; i++) {
                TlsClient stranger = anybody.from(nextAddress());
                long begun = System.nanoTime();
                try (Socket socket = stranger.connectPlain()) {
                    assertThat(socket.getInputStream().read()).isEqualTo('!');
                }
                millis.add((System.nanoTime() - begun) / 1e6);
            }
            Collections.sort(millis);
            return millis;
        });
    }

    private static double at(List<Double> sorted, double share) {
        return sorted.get((int) Math.min(sorted.size() - 1, share * sorted.size()));
    }

    private static double claims(LbNode node, String result) {
        return node.metrics().sum("hawser_affinity_claims_total", "result", result);
    }
}
