package io.hawser.node.coordination.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hawser.node.coordination.ChangeOutcome;
import io.hawser.node.coordination.Coordination;
import io.hawser.node.coordination.CoordinationListener;
import io.hawser.node.coordination.Member;
import io.hawser.node.coordination.OperatorChange;
import io.hawser.pool.OperatorSetting;
import io.hawser.pool.OperatorState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.KeeperException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that agree by a real ZooKeeper, which is killed, restarted, paused, and slow. */
@Timeout(120)
final class ZooKeeperCoordinationTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String CHROOT = "/edge/hawser";
    /** Patient, for a machine that does much else; the longest session that the servers give. */
    private static final Waits PATIENT = new Waits(PATIENCE, Duration.ofSeconds(3), PATIENCE, PATIENCE.multipliedBy(2));

    private static final int SESSION_MILLIS = 5000;
    private static final OperatorSetting DRAINED = new OperatorSetting(OperatorState.DRAIN, null);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private Servers zooKeeper = uninitialized();

    private static Servers uninitialized() {
        try {
            return Servers.stopped();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void startZooKeeper() throws Exception {
        opened.push(zooKeeper);
        zooKeeper.restart();
    }

    @AfterEach
    void closeAll() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    /** What a node has heard. */
    private static final class Heard implements CoordinationListener {

        private volatile Map<String, OperatorSetting> settings = Map.of();
        private volatile List<String> members = List.of();
        private volatile boolean told;
        private volatile CompletableFuture<?> inForce = CompletableFuture.completedFuture(null);

        @Override
        public CompletionStage<?> operated(List<OperatorChange> all) {
            Map<String, OperatorSetting> now = new TreeMap<>();
            all.forEach(change -> now.put(change.pool() + "/" + change.backend(), change.setting()));
            settings = now;
            told = true;
            return inForce;
        }

        @Override
        public void membersChanged(List<Member> now) {
            members = now.stream().map(Member::id).toList();
        }
    }

    private record TestNode(Coordination coordination, Heard heard) implements AutoCloseable {

        ChangeOutcome change(String backend, UnaryOperator<OperatorSetting> edit) throws Exception {
            return coordination
                    .change("shop", backend, edit)
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
        }

        OperatorSetting setting(String backend) {
            return heard.settings.getOrDefault("shop/" + backend, OperatorSetting.NONE);
        }

        @Override
        public void close() {
            coordination.close();
        }
    }

    private TestNode made(String id, int port, int sessionMillis, Waits waits) {
        return made(id, port, sessionMillis, waits, null);
    }

    private TestNode made(String id, int port, int sessionMillis, Waits waits, @Nullable Credentials credentials) {
        ZooKeeperSettings settings = new ZooKeeperSettings(
                "127.0.0.1:" + port, CHROOT, sessionMillis, id, "address-of-" + id, credentials, null);
        TestNode node = new TestNode(new ZooKeeperCoordination(settings, Clock.systemUTC(), waits), new Heard());
        opened.push(node);
        return node;
    }

    private TestNode started(String id, int port, int sessionMillis, Waits waits) throws Exception {
        TestNode node = made(id, port, sessionMillis, waits);
        node.coordination.start(node.heard);
        node.coordination.register(member(id));
        return node;
    }

    private TestNode started(String id) throws Exception {
        return started(id, zooKeeper.port(), SESSION_MILLIS, PATIENT);
    }

    private static ChangeOutcome inForce(String... nodes) {
        return new ChangeOutcome.InForce(Set.of(nodes));
    }

    private static OperatorSetting drain(OperatorSetting setting) {
        return setting.withState(OperatorState.DRAIN);
    }

    private static OperatorSetting none(OperatorSetting setting) {
        return OperatorSetting.NONE;
    }

    private static Member member(String id) {
        return new Member(id, "address-of-" + id, 5701, "http://" + id, "1.2.3", Instant.parse("2026-01-02T03:04:05Z"));
    }

    private static void awaitMembers(TestNode node, String... ids) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(node.heard.members).containsExactly(ids);
            assertThat(node.coordination.members()).map(Member::id).containsExactly(ids);
        });
    }

    private static void awaitSetting(TestNode node, String backend, OperatorSetting setting) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(node.setting(backend)).isEqualTo(setting));
    }

    @Test
    void aChangeIsInForceOnEveryNodeAndOutlivesThemAll() throws Exception {
        TestNode a = started("a");
        TestNode b = started("b");
        TestNode c = started("c");

        assertThat(a.change("b1", ZooKeeperCoordinationTest::drain)).isEqualTo(inForce("a", "b", "c"));
        assertThat(List.of(a.setting("b1"), b.setting("b1"), c.setting("b1"))).containsOnly(DRAINED);
        assertThat(b.change("b1", setting -> setting.withWeight(7))).isEqualTo(inForce("a", "b", "c"));
        assertThat(c.change("b1", ZooKeeperCoordinationTest::drain))
                .as("is so already")
                .isEqualTo(inForce("a", "b", "c"));
        assertThat(c.change("b9", ZooKeeperCoordinationTest::none)).isEqualTo(inForce("a", "b", "c"));

        a.close();
        b.close();
        c.close();
        zooKeeper.stop();
        zooKeeper.restart();
        TestNode next = made("a", zooKeeper.port(), SESSION_MILLIS, PATIENT);
        next.coordination.start(next.heard);
        assertThat(next.heard.settings).containsExactly(Map.entry("shop/b1", DRAINED.withWeight(7)));

        assertThat(next.change("b1", ZooKeeperCoordinationTest::none)).isEqualTo(inForce("a"));
        assertThat(next.setting("b1")).isEqualTo(OperatorSetting.NONE);
    }

    @Test
    void nodesComeAndGo() throws Exception {
        TestNode a = started("a");
        TestNode b = started("b");
        awaitMembers(a, "a", "b");
        awaitMembers(b, "a", "b");
        assertThat(a.coordination.members()).containsExactly(member("a"), member("b"));

        b.coordination.withdraw();
        awaitMembers(a, "a");
        assertThat(b.change("b1", ZooKeeperCoordinationTest::drain))
                .as("a node that is being drained still counts")
                .isEqualTo(inForce("a", "b"));
        b.close();
        assertThat(a.change("b1", ZooKeeperCoordinationTest::none)).isEqualTo(inForce("a"));
        TestNode again = started("b");
        awaitMembers(a, "a", "b");
        awaitMembers(again, "a", "b");
    }

    @Test
    void changesAtTheSameTimeAreAllKept() throws Exception {
        TestNode a = started("a");
        TestNode b = started("b");
        for (int i = 0; i < 25; i++) {
            int weight = i;
            String backend = "b" + i % 4;
            assertThat(a.change(backend, ZooKeeperCoordinationTest::none)).isEqualTo(inForce("a", "b"));

            CompletionStage<ChangeOutcome> weighs =
                    a.coordination.change("shop", backend, setting -> setting.withWeight(weight));
            CompletionStage<ChangeOutcome> drains =
                    b.coordination.change("shop", backend, ZooKeeperCoordinationTest::drain);

            assertThat(weighs.toCompletableFuture().get(60, TimeUnit.SECONDS)).isEqualTo(inForce("a", "b"));
            assertThat(drains.toCompletableFuture().get(60, TimeUnit.SECONDS)).isEqualTo(inForce("a", "b"));
            assertThat(a.setting(backend)).isEqualTo(DRAINED.withWeight(weight));
            assertThat(b.setting(backend)).isEqualTo(DRAINED.withWeight(weight));
        }
    }

    @Test
    void anIdIsOneNodesOnly() throws Exception {
        TestNode a = started("a");
        TestNode other =
                made("a", zooKeeper.port(), 500, new Waits(PATIENCE, Duration.ofSeconds(1), PATIENCE, PATIENCE));

        assertThatThrownBy(() -> other.coordination.start(other.heard))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("node id a is taken")
                .hasMessageContaining("address-of-a");
        other.close();
        assertThat(a.change("b1", ZooKeeperCoordinationTest::drain)).isEqualTo(inForce("a"));
        awaitMembers(a, "a");
    }

    @Test
    void aNodeThatWasKilledComesBackWhenItsSessionIsOver() throws Exception {
        Gate gate = new Gate(zooKeeper.port());
        opened.push(gate);
        started("a", gate.port(), 2000, PATIENT);
        gate.cut();

        TestNode again = started("a");
        assertThat(again.coordination.status().obstacles()).isEmpty();
        awaitMembers(again, "a");
    }

    @Test
    void withoutZooKeeperWhatIsKnownHoldsAndChangesAreRefused() throws Exception {
        TestNode a = started("a", zooKeeper.port(), 2000, PATIENT);
        TestNode b = started("b", zooKeeper.port(), 2000, PATIENT);
        a.change("b1", ZooKeeperCoordinationTest::drain);
        awaitMembers(a, "a", "b");

        zooKeeper.stop();
        await().atMost(PATIENCE)
                .until(() -> !a.coordination.status().connected()
                        && !b.coordination.status().connected());
        assertThat(a.change("b1", ZooKeeperCoordinationTest::none))
                .isInstanceOfSatisfying(ChangeOutcome.Refused.class, refused -> assertThat(refused.why())
                        .contains("ZooKeeper at 127.0.0.1")
                        .contains("is lost"));
        assertThat(a.coordination.status().obstacles()).isEmpty();
        assertThat(a.coordination.status().warnings())
                .singleElement()
                .asString()
                .contains("is lost");
        // Longer than these sessions may last.
        await().pollDelay(Duration.ofMillis(2500)).until(() -> true);
        assertThat(a.setting("b1")).isEqualTo(DRAINED);
        assertThat(a.coordination.members()).hasSize(2);

        zooKeeper.restart();
        await().atMost(PATIENCE)
                .until(() -> a.coordination.status().connected()
                        && b.coordination.status().connected());
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(a.change("b1", ZooKeeperCoordinationTest::none))
                .isEqualTo(inForce("a", "b")));
        awaitMembers(a, "a", "b");
        awaitMembers(b, "a", "b");
        assertThat(b.setting("b1")).isEqualTo(OperatorSetting.NONE);
        assertThat(a.coordination.status().warnings()).isEmpty();
    }

    @Test
    void startsWithoutZooKeeperAndLearnsLater() throws Exception {
        TestNode a = started("a");
        a.change("b1", ZooKeeperCoordinationTest::drain);
        a.close();
        zooKeeper.stop();

        TestNode again = started(
                "a",
                zooKeeper.port(),
                SESSION_MILLIS,
                new Waits(Duration.ofSeconds(1), Duration.ofSeconds(3), PATIENCE, PATIENCE));
        assertThat(again.coordination.status().connected()).isFalse();
        assertThat(again.coordination.status().obstacles())
                .singleElement()
                .asString()
                .contains("has not been reached since this node was started");
        assertThat(again.change("b1", ZooKeeperCoordinationTest::drain)).isInstanceOf(ChangeOutcome.Refused.class);
        assertThat(again.heard.told).isFalse();
        assertThat(again.coordination.members()).containsExactly(member("a"));

        zooKeeper.restart();
        awaitSetting(again, "b1", DRAINED);
        awaitMembers(again, "a");
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(again.coordination.status().obstacles()).isEmpty());
    }

    @Test
    void aNodeThatWasPausedComesBackWithWhatItMissed() throws Exception {
        Gate gate = new Gate(zooKeeper.port());
        opened.push(gate);
        TestNode a = started("a");
        TestNode paused = started("b", gate.port(), 1000, PATIENT);
        awaitMembers(a, "a", "b");

        gate.hold();
        awaitMembers(a, "a");
        assertThat(a.change("b1", ZooKeeperCoordinationTest::drain)).isEqualTo(inForce("a"));
        assertThat(paused.setting("b1")).isEqualTo(OperatorSetting.NONE);

        gate.release();
        awaitSetting(paused, "b1", DRAINED);
        awaitMembers(a, "a", "b");
        awaitMembers(paused, "a", "b");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(a.change("b1", ZooKeeperCoordinationTest::none))
                .isEqualTo(inForce("a", "b")));
    }

    @Test
    void namesTheNodesThatHaveNotConfirmed() throws Exception {
        TestNode a = started(
                "a",
                zooKeeper.port(),
                SESSION_MILLIS,
                new Waits(PATIENCE, Duration.ofSeconds(3), Duration.ofSeconds(1), PATIENCE));
        TestNode slow = started("b");
        CompletableFuture<Void> inForce = new CompletableFuture<>();
        slow.heard.inForce = inForce;

        assertThat(a.change("b1", ZooKeeperCoordinationTest::drain)).isEqualTo(new ChangeOutcome.Kept(List.of("b")));
        inForce.complete(null);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(a.change("b1", ZooKeeperCoordinationTest::drain))
                .isEqualTo(inForce("a", "b")));
    }

    @Test
    void heedsWhatCanBeReadAndLeavesOutTheRest() throws Exception {
        TestNode a = started("a");
        a.change("b1", ZooKeeperCoordinationTest::drain);
        try (CuratorFramework client = CuratorFrameworkFactory.builder()
                .connectString("127.0.0.1:" + zooKeeper.port())
                .retryPolicy(new RetryOneTime(100))
                .build()) {
            client.start();
            for (String garbage : List.of(
                    "",
                    "{",
                    "[]",
                    "{\"state\":\"gone\",\"by\":\"x\",\"at\":\"2026-01-02T03:04:05Z\"}",
                    "{\"state\":\"drain\",\"weight\":1001,\"by\":\"x\",\"at\":\"2026-01-02T03:04:05Z\"}",
                    "{\"state\":\"drain\",\"by\":\"x\",\"at\":\"yesterday\"}")) {
                client.create()
                        .orSetData()
                        .creatingParentsIfNeeded()
                        .forPath(
                                CHROOT + "/operator/shop/bad",
                                garbage.getBytes(java.nio.charset.StandardCharsets.UTF_8));
                assertThat(a.change("b2", s -> s.withWeight(garbage.length()))).isEqualTo(inForce("a"));
                assertThat(a.heard.settings.keySet()).containsExactly("shop/b1", "shop/b2");
            }
            client.setData()
                    .forPath(
                            CHROOT + "/operator/shop/bad",
                            "{\"state\":\"down\",\"by\":\"x\",\"at\":\"2026-01-02T03:04:05Z\",\"more\":1}"
                                    .getBytes(java.nio.charset.StandardCharsets.UTF_8));
            awaitSetting(a, "bad", new OperatorSetting(OperatorState.DOWN, null));
            client.delete().forPath(CHROOT + "/operator/shop/bad");
            awaitSetting(a, "bad", OperatorSetting.NONE);
        }
        assertThat(a.setting("b1")).isEqualTo(DRAINED);
    }

    private TestNode with(String id, @Nullable Credentials credentials) throws Exception {
        Waits waits = credentials == null ? new Waits(Duration.ofSeconds(2), PATIENCE, PATIENCE, PATIENCE) : PATIENT;
        TestNode node = made(id, zooKeeper.port(), SESSION_MILLIS, waits, credentials);
        node.coordination.start(node.heard);
        node.coordination.register(member(id));
        return node;
    }

    @Test
    void withAPasswordNobodyElseReadsOrChangesWhatIsKept(@TempDir Path directory) throws Exception {
        TestNode before = started("before");
        assertThat(before.change("b1", ZooKeeperCoordinationTest::drain)).isEqualTo(inForce("before"));
        before.close();
        Credentials ours = Credentials.read(Files.writeString(directory.resolve("ours"), "hawser:secret:1\n"));
        Credentials others = Credentials.read(Files.writeString(directory.resolve("others"), "hawser:secret:2\n"));

        TestNode a = with("a", ours);
        TestNode b = with("b", ours);
        awaitMembers(a, "a", "b");
        awaitSetting(a, "b1", DRAINED);
        assertThat(a.change("b2", ZooKeeperCoordinationTest::drain)).isEqualTo(inForce("a", "b"));
        awaitSetting(b, "b2", DRAINED);

        try (CuratorFramework stranger = CuratorFrameworkFactory.newClient(
                "127.0.0.1:" + zooKeeper.port(), SESSION_MILLIS, SESSION_MILLIS, new RetryOneTime(100))) {
            stranger.start();
            for (String path : List.of(
                    "", "/operator", "/operator/shop/b1", "/operator/shop/b2", "/members", "/nodes", "/nodes/a")) {
                assertThatThrownBy(() -> stranger.getData().forPath(CHROOT + path))
                        .as(path)
                        .isInstanceOf(KeeperException.NoAuthException.class);
                assertThatThrownBy(() -> stranger.delete().forPath(CHROOT + path))
                        .isInstanceOf(KeeperException.class);
            }
            stranger.create().forPath("/edge/another-cluster");
        }
        for (Credentials wrong : Arrays.asList(null, others)) {
            TestNode refused = with(wrong == null ? "open" : "wrong", wrong);
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                            refused.coordination.status().obstacles())
                    .singleElement()
                    .asString()
                    .contains("ZooKeeper refuses access to " + CHROOT)
                    .contains("zookeeper.auth-file")
                    .doesNotContain("secret"));
            assertThat(refused.heard.settings).isEmpty();
            refused.close();
        }
        assertThat(a.setting("b1")).isEqualTo(DRAINED);
    }

    @Test
    void aPasswordFileIsReadWithCare(@TempDir Path directory) throws Exception {
        for (String bad : List.of("", "hawser", ":secret", "hawser:", "\nhawser:secret")) {
            Path file = Files.writeString(directory.resolve("bad"), bad);
            assertThatThrownBy(() -> Credentials.read(file))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("is not user:password")
                    .hasMessageNotContaining("secret");
        }
        Path file = Files.writeString(directory.resolve("good"), "hawser:secret\nmore\n");
        assertThat(Credentials.read(file)).hasToString("Credentials[hidden]");
        assertThat(Credentials.read(file).bytes()).asString().isEqualTo("hawser:secret");
    }
}
