package io.hawser.node.connection;

import static io.hawser.node.connection.ListenerSpec.tcp;
import static io.hawser.node.connection.PoolSpec.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hawser.node.testing.LeakGate;
import io.hawser.node.transport.Transport;
import io.hawser.pool.OperatorState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A client comes back to its backend by its address, for as long as that backend may have it. */
@ExtendWith(LeakGate.class)
class AffinityTest {

    private static final int CLIENTS = 9;

    private final Map<String, TestServer> servers = new LinkedHashMap<>();
    private final Rig rig = new Rig(Transport.Choice.AUTO);

    @BeforeEach
    void start() throws Exception {
        for (String name : List.of("b1", "b2", "b3")) {
            servers.put(name, TestServer.staying(name));
        }
        rig.pools(spec(0)).listen(tcp("l").to("p"));
    }

    private PoolSpec spec(int maxConnections) {
        PoolSpec spec = pool("p").affinity().ejectAfter(1, Duration.ofMinutes(5));
        servers.forEach((name, server) -> spec.backend(name, server.address(), maxConnections, false));
        return spec;
    }

    @AfterEach
    void stop() {
        try {
            rig.close();
        } finally {
            servers.values().forEach(TestServer::close);
        }
    }

    /** A connection of that client, and who answered. */
    private record Visit(Peer peer, String home) implements AutoCloseable {

        @Override
        public void close() {
            peer.close();
        }
    }

    private Visit visit(int client) throws IOException {
        Peer peer = Peer.connect(rig.address("l"), "127.0.0." + (10 + client), 0);
        return new Visit(peer, peer.send("?").readText(2));
    }

    private String home(int client) throws IOException {
        try (Visit visit = visit(client)) {
            return visit.home();
        }
    }

    private List<String> homes() throws IOException {
        List<String> homes = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            homes.add(home(client));
        }
        return homes;
    }

    private double moved(String reason) {
        return rig.value("hawser_affinity_moved_total", "pool", "p", "reason", reason);
    }

    private double lookups(String result) {
        return rig.value("hawser_affinity_lookups_total", "pool", "p", "kind", "client-ip", "result", result);
    }

    private TestServer server(String name) {
        TestServer server = servers.get(name);
        if (server == null) {
            throw new AssertionError("no server " + name);
        }
        return server;
    }

    @Test
    void clientsComeBackToTheirBackends() throws IOException {
        List<String> first = homes();

        assertThat(first).contains("b1", "b2", "b3");
        assertThat(homes()).isEqualTo(first);
        assertThat(lookups("miss")).isEqualTo(CLIENTS);
        assertThat(lookups("hit")).isEqualTo(CLIENTS);
        assertThat(rig.pool("p").pool().affinity().size()).isEqualTo(CLIENTS);
    }

    @Test
    void firstConnectionsThatComeAllAtOnceAgree() throws Exception {
        rig.holdEventLoops();
        List<Peer> peers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            peers.add(Peer.connect(rig.address("l"), "127.0.0.5", 0).send("?"));
        }
        rig.releaseEventLoops();
        Set<String> homes = new HashSet<>();
        for (Peer peer : peers) {
            homes.add(peer.readText(2));
            peer.close();
        }
        assertThat(homes).hasSize(1);
    }

    @Test
    void aDrainedBackendKeepsItsClientsAndGetsNoNewOnes() throws IOException {
        List<String> first = homes();
        rig.operate("p", "b1", OperatorState.DRAIN);

        assertThat(homes()).isEqualTo(first);
        for (int client = CLIENTS; client < 3 * CLIENTS; client++) {
            assertThat(home(client)).as("of a new client").isNotEqualTo("b1");
        }
        assertThat(moved("backend-unusable")).isZero();
    }

    @Test
    void clientsOfABackendThatIsDownMoveOnceAndTheirOpenConnectionsGoOn() throws IOException {
        List<String> first = homes();
        int client = first.indexOf("b2");
        Visit open = visit(client);
        assertThat(open.home()).isEqualTo("b2");
        rig.operate("p", "b2", OperatorState.DOWN);

        String second = home(client);
        assertThat(second).isNotEqualTo("b2");
        assertThat(home(client)).isEqualTo(second);
        assertThat(moved("backend-unusable")).isEqualTo(1);
        assertThat(open.peer().send("still there?").halfClose().readToEnd())
                .as("the connection that was open")
                .isEqualTo(new Peer.Ended("", false));
        open.close();

        // The session lives where it moved to.
        rig.operate("p", "b2", OperatorState.READY);
        assertThat(home(client)).isEqualTo(second);
        assertThat(moved("backend-unusable")).isEqualTo(1);
        for (int other = 0; other < CLIENTS; other++) {
            if (!first.get(other).equals("b2")) {
                assertThat(home(other)).isEqualTo(first.get(other));
            }
        }
    }

    @Test
    void clientsOfABackendThatCanNotBeReachedMoveAndItIsEjected() throws IOException {
        List<String> first = homes();
        server("b3").stopListening();
        int client = first.indexOf("b3");

        String second = home(client);
        assertThat(second).isNotEqualTo("b3");
        assertThat(moved("connect-failed")).isEqualTo(1);
        await().atMost(Rig.PATIENCE).until(() -> rig.value("hawser_backend_up", "pool", "p", "backend", "b3") == 0);

        // Nobody tries it any more.
        List<String> now = homes();
        assertThat(now).doesNotContain("b3");
        assertThat(now.get(client)).isEqualTo(second);
        assertThat(homes()).isEqualTo(now);
        assertThat(rig.value("hawser_backend_connect_failures_total", "pool", "p", "backend", "b3"))
                .isEqualTo(1);
        assertThat(moved("connect-failed")).isEqualTo(1);
        assertThat(moved("backend-unusable"))
                .isEqualTo(first.stream().filter("b3"::equals).count() - 1.0);
    }

    @Test
    void aClientWhoseBackendIsFullGoesElsewhereForThatOnce() throws IOException {
        rig.pools(spec(1));
        String home;
        try (Visit visit = visit(1)) {
            home = visit.home();
            assertThat(home(1)).isNotEqualTo(home);
        }
        await().atMost(Rig.PATIENCE).until(() -> rig.dataPath().connections() == 0);

        assertThat(home(1)).isEqualTo(home);
        assertThat(moved("backend-unusable") + moved("connect-failed")).isZero();
    }
}
