package io.hawser.node.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.affinity.AffinityPolicy;
import io.hawser.affinity.Issuer;
import io.hawser.affinity.LocalAffinityTable;
import io.hawser.balance.Algorithm;
import io.hawser.health.HealthSettings;
import io.hawser.health.Verdict;
import io.hawser.net.Endpoint;
import io.hawser.node.metrics.NodeMetrics;
import io.hawser.node.probe.ProbeOutcome;
import io.hawser.node.state.Peer;
import io.hawser.node.state.Replication;
import io.hawser.node.state.SharedState;
import io.hawser.node.state.SharedTable;
import io.hawser.node.state.Standalone;
import io.hawser.node.state.TableEvents;
import io.hawser.pool.Backend;
import io.prometheus.client.CollectorRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** What nodes tell each other of backends, over a wire that brings everything at once, to those that are plugged in. */
final class BackendNewsTest {

    private static final long SECOND = 1_000_000_000;

    private final Map<String, Node> plugged = new LinkedHashMap<>();
    private final AtomicLong nanoTime = new AtomicLong(1_000 * SECOND);

    /** One node with one pool of one backend. */
    private final class Node implements SharedState {
        final String id;
        final Map<String, List<Consumer<byte[]>>> listeners = new HashMap<>();
        final List<Runnable> peerListeners = new ArrayList<>();
        final Map<String, PoolControl> pools = new LinkedHashMap<>();
        final BackendNews news;
        final PoolControl pool;
        int aimed;

        Node(String id) {
            this(id, true);
        }

        /** @param hearsAtOnce else it is a member before it hears what members tell each other */
        Node(String id, boolean hearsAtOnce) {
            this.id = id;
            this.news = new BackendNews(this, id, pools, Runnable::run, nanoTime::get);
            this.pool = new PoolControl(
                    plan(),
                    this,
                    id,
                    news,
                    new NodeMetrics(new CollectorRegistry(), "test", "test"),
                    Runnable::run,
                    nanoTime::get,
                    RandomGeneratorFactory.of("L64X128MixRandom").create(1));
            pools.put("shop", pool);
            plugged.put(id, this);
            if (hearsAtOnce) {
                news.start(() -> aimed++);
            }
            plugged.values().forEach(node -> node.peerListeners.forEach(Runnable::run));
            if (!hearsAtOnce) {
                news.start(() -> aimed++);
            }
        }

        void vanish() {
            plugged.remove(id);
            plugged.values().forEach(node -> node.peerListeners.forEach(Runnable::run));
        }

        void probesPass() {
            pool.probed("b1", new ProbeOutcome.Passed(Duration.ofMillis(1)));
        }

        void probesFail() {
            for (int i = 0; i < 3; i++) {
                pool.probed("b1", new ProbeOutcome.Failed(ProbeOutcome.Cause.CONNECT, "connection refused"));
            }
        }

        Verdict verdict() {
            return pool.standings().get(0).verdict();
        }

        @Override
        public List<Peer> peers() {
            return plugged.keySet().stream()
                    .map(node -> new Peer(node, "", node.equals(id)))
                    .toList();
        }

        @Override
        public List<String> unreadiness() {
            return List.of();
        }

        @Override
        public Replication replication() {
            return Replication.none();
        }

        @Override
        public SharedTable share(
                String pool, LocalAffinityTable mirror, long ttlMillis, int maxEntries, TableEvents events) {
            return new Standalone(id, "").share(pool, mirror, ttlMillis, maxEntries, events);
        }

        @Override
        public void unshare(String pool) {}

        @Override
        public void tell(String topic, byte[] message) {
            for (Node node : List.copyOf(plugged.values())) {
                if (node != this) {
                    node.listeners.getOrDefault(topic, List.of()).forEach(listener -> listener.accept(message));
                }
            }
        }

        @Override
        public void listen(String topic, Consumer<byte[]> listener) {
            listeners.computeIfAbsent(topic, name -> new ArrayList<>()).add(listener);
        }

        @Override
        public void onPeersChanged(Runnable listener) {
            peerListeners.add(listener);
        }

        @Override
        public void close() {}
    }

    private static PoolPlan plan() {
        return new PoolPlan(
                "shop",
                new PoolSettings(
                        Algorithm.MAGLEV,
                        new AffinityPolicy(List.of(AffinityPolicy.By.TLS_SESSION), 32, 64, Set.of()),
                        PoolSettings.ProxyHeaderVersion.NONE,
                        SECOND,
                        1,
                        SECOND),
                60_000,
                1000,
                List.of(),
                new HealthSettings(true, 2, 3, 5, SECOND),
                0,
                List.of(new PoolPlan.Resolved(
                        new Backend("b1", Endpoint.parse("127.0.0.1:1"), 100, 0, false),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 1))));
    }

    @Test
    void theMajorityOfThoseThatSeeABackendDecides() {
        Node a = new Node("a");
        Node b = new Node("b");
        Node c = new Node("c");
        List.of(a, b, c).forEach(Node::probesPass);
        assertThat(List.of(a.verdict(), b.verdict(), c.verdict())).containsOnly(Verdict.UP);

        a.probesFail();
        assertThat(List.of(a.verdict(), b.verdict(), c.verdict()))
                .as("one of three is cut off from it")
                .containsOnly(Verdict.UP);
        b.probesFail();
        assertThat(List.of(a.verdict(), b.verdict(), c.verdict()))
                .as("two of three say so, and all know at once")
                .containsOnly(Verdict.DOWN);
        assertThat(c.pool.standings().get(0).reason()).contains("2 of 3 nodes").contains("connection refused");
        a.probesPass();
        a.probesPass();
        assertThat(List.of(a.verdict(), b.verdict(), c.verdict())).containsOnly(Verdict.UP);
    }

    @Test
    void aBackendThatFlapsIsHeldBackAndSaysSo() {
        Node a = new Node("a");
        a.probesPass();
        for (int i = 0; i < 2; i++) {
            a.probesFail();
            assertThat(a.pool.standings().get(0).reason()).endsWith("connection refused");
            a.probesPass();
            a.probesPass();
            assertThat(a.verdict()).isEqualTo(Verdict.UP);
        }
        a.probesFail();
        assertThat(a.pool.standings().get(0).reason())
                .endsWith("connection refused; it goes up and down too often, and is up again after 4 good probes in a"
                        + " row");
        for (int i = 0; i < 3; i++) {
            a.probesPass();
            assertThat(a.verdict()).isEqualTo(Verdict.DOWN);
        }
        a.probesPass();
        assertThat(a.verdict()).isEqualTo(Verdict.UP);
    }

    @Test
    void aNodeThatIsAloneGoesByItsOwnProbes() {
        Node a = new Node("a");
        Node b = new Node("b");
        Node c = new Node("c");
        List.of(a, b, c).forEach(Node::probesPass);
        a.probesFail();
        assertThat(a.verdict()).isEqualTo(Verdict.UP);
        b.vanish();
        c.vanish();
        assertThat(a.verdict()).as("nobody is there any more").isEqualTo(Verdict.DOWN);
    }

    @Test
    void whoFallsSilentIsNoLongerCounted() {
        Node a = new Node("a");
        Node b = new Node("b");
        Node c = new Node("c");
        List.of(a, b, c).forEach(Node::probesPass);
        c.probesFail();
        assertThat(c.verdict()).isEqualTo(Verdict.UP);
        // The others hang: they are still members, but say nothing more.
        for (int second = 0; second < 7; second++) {
            nanoTime.addAndGet(SECOND);
            c.pool.tick();
            c.news.tick();
        }
        assertThat(c.verdict()).isEqualTo(Verdict.DOWN);
        // One is back.
        a.news.tick();
        assertThat(c.verdict()).as("as many say up as down: worth a try").isEqualTo(Verdict.UP);
    }

    @Test
    void issuersThatOneNodeFindsAllKnow() {
        Node a = new Node("a");
        Node b = new Node("b");
        byte[] one = new byte[192];
        byte[] two = new byte[192];
        for (int i = 0; i < 192; i++) {
            one[i] = (byte) (i < 16 ? i : 3 * i);
            two[i] = (byte) (i < 16 ? i : 5 * i + 1);
        }
        a.pool.ticketsGiven("b1", List.of(one, two));
        assertThat(b.pool.pool().issuers().issuers())
                .extracting(Issuer::backend)
                .containsExactly("b1");
        Node late = new Node("late");
        assertThat(late.pool.pool().issuers().issuers())
                .as("a node that comes later is told")
                .extracting(Issuer::backend)
                .containsExactly("b1");
        Node slow = new Node("slow", false);
        assertThat(slow.pool.pool().issuers().issuers())
                .as("and one that was told before it heard asks")
                .extracting(Issuer::backend)
                .containsExactly("b1");
        assertThat(a.aimed).as("and probes are shared out anew").isPositive();
    }
}
