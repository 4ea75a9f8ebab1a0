package io.hawser.node.state.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.OperationTimeoutException;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import com.hazelcast.spi.exception.PartitionMigratingException;
import com.hazelcast.spi.exception.RetryableHazelcastException;
import com.hazelcast.spi.exception.TargetNotMemberException;
import com.hazelcast.spi.impl.SerializationServiceSupport;
import io.hawser.affinity.AffinityBatch;
import io.hawser.affinity.AffinityKey;
import io.hawser.affinity.AffinityTable;
import io.hawser.affinity.LocalAffinityTable;
import io.hawser.node.state.Peer;
import io.hawser.node.state.Replication;
import io.hawser.node.state.SharedTable;
import io.hawser.node.state.TableEvents;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.ConcurrentModificationException;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Real members in one process: what one node knows the others know, and a node's death loses nothing. */
final class HazelcastStateTest {

    private static final long TTL = 600_000;
    private static final int MAX_ENTRIES = 200_000;
    private static final Duration SOON = Duration.ofSeconds(60);
    /** Nothing here may be mended by the regular comparison. */
    private static final Duration NEVER = Duration.ofDays(1);

    /** Three members that most tests share, each with pools of its own. */
    private static final List<Node> TOGETHER = new ArrayList<>();

    private static final AtomicInteger POOLS = new AtomicInteger();

    private final String pool = "pool-" + POOLS.incrementAndGet();
    private List<Node> nodes = new ArrayList<>();

    /** One member, and its table of the test's pool. */
    private static final class Node implements TableEvents {
        final HazelcastSettings settings;
        final HazelcastState state;
        LocalAffinityTable mirror = new LocalAffinityTable(TTL, MAX_ENTRIES, 5);
        SharedTable table;
        final AtomicInteger received = new AtomicInteger();

        Node(HazelcastSettings settings, String pool) throws IOException {
            this.settings = settings;
            this.state = HazelcastState.join(settings, System::nanoTime, 3);
            this.table = state.share(pool, mirror, TTL, MAX_ENTRIES, this);
        }

        void share(String pool) {
            mirror = new LocalAffinityTable(TTL, MAX_ENTRIES, 5);
            table = state.share(pool, mirror, TTL, MAX_ENTRIES, this);
        }

        static long now() {
            return System.nanoTime() / 1_000_000;
        }

        HazelcastInstance instance() {
            return Hazelcast.getHazelcastInstanceByName(settings.node() + '@' + settings.address());
        }

        void die() {
            HazelcastInstance instance = instance();
            if (instance != null) {
                instance.getLifecycleService().terminate();
            }
        }

        @Override
        public void claimed(Claim result) {}

        @Override
        public void dropped() {
            throw new AssertionError("the queue is never full here");
        }

        @Override
        public void reconciled(int received, int sent) {
            this.received.addAndGet(received);
        }
    }

    private static Node join(String id, List<InetSocketAddress> addresses, String pool) throws IOException {
        InetSocketAddress address;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = (InetSocketAddress) free.getLocalSocketAddress();
        }
        addresses.add(address);
        return new Node(new HazelcastSettings("test", id, address, SOON, NEVER, () -> addresses, null), pool);
    }

    private static void awaitAll(List<Node> nodes, int members) {
        for (Node node : nodes) {
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(node.state.peers()).hasSize(members));
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(node.state.unreadiness()).isEmpty());
        }
    }

    @BeforeAll
    static void joinTogether() throws IOException {
        List<InetSocketAddress> addresses = new CopyOnWriteArrayList<>();
        for (String id : List.of("lb1", "lb2", "lb3")) {
            TOGETHER.add(join(id, addresses, "first"));
        }
        awaitAll(TOGETHER, 3);
    }

    @AfterAll
    static void part() {
        TOGETHER.forEach(Node::die);
        TOGETHER.clear();
    }

    private void together() {
        nodes = TOGETHER;
        nodes.forEach(node -> node.share(pool));
    }

    @Test
    void whatOneNodeLearnsAllKnow() throws IOException {
        together();
        assertThat(nodes.get(1).state.peers()).extracting(Peer::node).containsExactly("lb1", "lb2", "lb3");
        for (int i = 0; i < 3000; i++) {
            nodes.get(i % 3).table.used(key(i), "b" + i % 7, Node.now());
        }
        for (Node node : nodes) {
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(node.mirror.size()).isEqualTo(3000));
            for (int i = 0; i < 3000; i++) {
                assertThat(node.table.find(key(i), Node.now())).isEqualTo("b" + i % 7);
            }
        }
        await().atMost(SOON).untilAsserted(() -> assertThat(nodes.get(0).state.replication())
                .matches(Replication::isSettled)
                .matches(Replication::safeToStop));
        // A session that moves, moves everywhere.
        nodes.get(0).table.used(key(1), "b6", Node.now());
        await().atMost(SOON).untilAsserted(() -> assertThat(nodes.get(2).table.find(key(1), Node.now()))
                .isEqualTo("b6"));
    }

    /** Two found a cluster, one of them dies, and a third one comes. */
    @Test
    void aDeathLosesNothingAndWhoJoinsKnowsAllBeforeItIsReady() throws IOException {
        List<InetSocketAddress> addresses = new CopyOnWriteArrayList<>();
        try {
            nodes.add(join("a", addresses, pool));
            nodes.add(join("b", addresses, pool));
            awaitAll(nodes, 2);
            for (int i = 0; i < 20_000; i++) {
                nodes.get(0).table.used(key(i), "b" + i % 3, Node.now());
            }
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(nodes.get(1).mirror.size()).isEqualTo(20_000));
            nodes.get(0).die();
            awaitAll(nodes.subList(1, 2), 1);
            nodes.add(join("c", addresses, pool));
            awaitAll(nodes.subList(2, 3), 2);
            assertThat(nodes.get(2).mirror.size()).isEqualTo(20_000);
            assertThat(nodes.get(2).received).hasPositiveValue();
            assertThat(nodes.get(2).instance().getMap(MemberConfig.SCRATCH).size())
                    .as("claims were warmed up before it was ready")
                    .isPositive();
        } finally {
            nodes.forEach(Node::die);
        }
    }

    @Test
    void halvesThatMeetKnowAllThatEitherKnew() throws IOException {
        List<InetSocketAddress> alone = new CopyOnWriteArrayList<>();
        List<InetSocketAddress> others = new CopyOnWriteArrayList<>();
        try {
            nodes.add(join("a", alone, pool));
            nodes.add(join("b", others, pool));
            nodes.add(join("c", others, pool));
            awaitAll(nodes.subList(0, 1), 1);
            awaitAll(nodes.subList(1, 3), 2);
            for (int i = 0; i < 20_000; i++) {
                nodes.get(i % 3).table.used(key(i), "b" + i % 5, Node.now());
            }
            nodes.get(1).table.used(key(0), "earlier", Node.now() - 60_000);
            others.add(nodes.get(0).settings.address());
            alone.addAll(others);
            awaitAll(nodes, 3);
            for (Node node : nodes) {
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(node.mirror.size()).isEqualTo(20_000));
                assertThat(node.table.find(key(0), Node.now())).isEqualTo("b0");
            }
        } finally {
            nodes.forEach(Node::die);
        }
    }

    @Test
    void oneClaimWinsWhoeverAsks() throws IOException {
        together();
        for (int i = 0; i < 100; i++) {
            int key = i;
            List<CompletableFuture<String>> answers = new ArrayList<>();
            for (Node node : nodes) {
                answers.add(node.table
                        .claim(key(key), "of-" + node.settings.node(), Node.now())
                        .toCompletableFuture());
            }
            Set<String> owners = new HashSet<>();
            answers.forEach(answer -> owners.add(answer.join()));
            assertThat(owners).hasSize(1);
        }
        assertThat(nodes.get(0)
                        .table
                        .claim(key(1), "late", Node.now())
                        .toCompletableFuture()
                        .join())
                .isNotEqualTo("late");
    }

    @Test
    void aReconciliationFindsWhatWasLost() throws Exception {
        together();
        nodes.get(0).table.used(key(1), "b1", Node.now());
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(nodes.get(1).mirror.size()).isEqualTo(1));
        // As if messages had been lost both ways, and the authoritative copy too.
        nodes.get(0).mirror.merge(new AffinityTable.Entry(key(2), "b2", Node.now()), Node.now());
        nodes.get(1).mirror.forget(key(1));
        HazelcastTable first = (HazelcastTable) nodes.get(0).table;
        HazelcastTable second = (HazelcastTable) nodes.get(1).table;
        first.reconcile();
        second.reconcile();
        assertThat(nodes.get(1).table.find(key(1), Node.now())).isEqualTo("b1");
        assertThat(nodes.get(1).table.find(key(2), Node.now())).isEqualTo("b2");
    }

    @Test
    void clearingClearsEverywhere() throws IOException {
        together();
        for (int i = 0; i < 1000; i++) {
            nodes.get(0).table.used(key(i), "b" + i % 2, Node.now());
        }
        for (Node node : nodes) {
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(node.mirror.size()).isEqualTo(1000));
        }
        assertThat(nodes.get(1)
                        .table
                        .clearEverywhere("b1")
                        .toCompletableFuture()
                        .join())
                .isEqualTo(500);
        assertThat(nodes.get(1)
                        .table
                        .forgetEverywhere(key(0))
                        .toCompletableFuture()
                        .join())
                .isTrue();
        assertThat(nodes.get(1)
                        .table
                        .forgetEverywhere(key(1))
                        .toCompletableFuture()
                        .join())
                .isFalse();
        for (Node node : nodes) {
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(node.mirror.size()).isEqualTo(499));
        }
    }

    @Test
    void aChangeThatIsUnderWayDoesNotBringBackWhatIsCleared() throws Exception {
        together();
        for (int i = 0; i < 10; i++) {
            nodes.get(0).mirror.use(key(i), "b1", Node.now());
        }
        // What the first node is about to tell of, it and the segments' owners take in before or after, as they like.
        HazelcastTable first = (HazelcastTable) nodes.get(0).table;
        AffinityBatch underWay = first.replica().read(entry -> true, Node.now());
        nodes.get(1).table.clearEverywhere("b1").toCompletableFuture().join();
        byte[] packed = underWay.encode(Node.now());
        for (Node node : nodes) {
            ((HazelcastTable) node.table).heard(packed);
        }
        first.tell(underWay).join();
        nodes.get(2).table.used(key(3), "b1", Node.now());
        for (Node node : nodes) {
            ((HazelcastTable) node.table).reconcile();
        }
        for (Node node : nodes) {
            await().atMost(SOON).untilAsserted(() -> assertThat(node.mirror.entries(20, Node.now()))
                    .extracting(AffinityTable.Entry::key)
                    .containsExactly(key(3)));
        }
    }

    @Test
    void aSecondNodeOfOneNameIsNotLetIn() {
        together();
        List<InetSocketAddress> addresses = new CopyOnWriteArrayList<>();
        nodes.forEach(node -> addresses.add(node.settings.address()));
        assertThatThrownBy(() -> join("lb2", addresses, pool))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a node with the id lb2 is in the cluster already, at 127.0.0.1:"
                        + nodes.get(1).settings.address().getPort())
                .hasMessageContaining("give this one another node.id");
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(nodes.get(0).state.peers()).hasSize(3));
    }

    /** Else the one that asked would hear that the answer can't be read, and nothing of what went wrong. */
    @Test
    void memberHearsWhyAnotherCouldNotDoSomething() {
        together();
        var bytes = ((SerializationServiceSupport) nodes.get(0).instance()).getSerializationService();
        IOException suppressed = new EOFException("cut");
        IllegalStateException within = new IllegalStateException("within", new IOException("cause", suppressed));
        within.addSuppressed(suppressed);
        for (Throwable failure : List.of(
                new TargetNotMemberException("not there"),
                new OperationTimeoutException("late"),
                new RetryableHazelcastException("again", within),
                new HazelcastSerializationException("unreadable", suppressed),
                new HazelcastInstanceNotActiveException("stopped"),
                new PartitionMigratingException("moving"),
                new CompletionException(within),
                new ExecutionException(within),
                new TimeoutException("late"),
                new CancellationException("no"),
                new RejectedExecutionException("full"),
                new InterruptedException("stop"),
                new NullPointerException("none"),
                new ClassCastException("other"),
                new ArrayIndexOutOfBoundsException(3),
                new NoSuchElementException("none"),
                new ConcurrentModificationException("both"),
                new UnsupportedOperationException("not"),
                new NumberFormatException("NaN"),
                new UncheckedIOException(suppressed),
                new OutOfMemoryError("heap"),
                new StackOverflowError(),
                new NoClassDefFoundError("Missing"),
                new AssertionError("wrong", within))) {
            Object heard = bytes.toObject(bytes.toData(failure));
            assertThat(heard).isInstanceOf(failure.getClass());
            assertThat(((Throwable) heard).getMessage()).isEqualTo(failure.getMessage());
        }
        assertThatThrownBy(() -> bytes.toObject(bytes.toData(new File("secret"))))
                .isInstanceOf(HazelcastSerializationException.class);
    }

    @Test
    void nodesTellEachOther() throws IOException {
        together();
        List<String> heard = new CopyOnWriteArrayList<>();
        nodes.get(0).state.listen("news", message -> heard.add("self"));
        nodes.get(1)
                .state
                .listen("news", message -> heard.add(new String(message, java.nio.charset.StandardCharsets.UTF_8)));
        nodes.get(0).state.tell("news", "hello".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        await().atMost(SOON).untilAsserted(() -> assertThat(heard).containsExactly("hello"));
    }

    private static AffinityKey key(int number) {
        return new AffinityKey(AffinityKey.Kind.CLIENT_IP, 0, number);
    }
}
