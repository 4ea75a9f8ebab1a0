package io.hawser.node.election;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hawser.net.IpAddress;
import io.hawser.node.coordination.CoordinationListener;
import io.hawser.node.coordination.Member;
import io.hawser.node.coordination.OperatorChange;
import io.hawser.node.coordination.zookeeper.Credentials;
import io.hawser.node.coordination.zookeeper.Servers;
import io.hawser.node.coordination.zookeeper.ZooKeeperCoordination;
import io.hawser.node.coordination.zookeeper.ZooKeeperSettings;
import io.hawser.node.vip.Vip;
import io.hawser.node.vip.VipDriver;
import io.hawser.node.vip.VipException;
import io.hawser.vip.Candidacy;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that elect the owner of a VIP by a real ZooKeeper; what stands for the kernel sees that it is never two. */
@Timeout(180)
final class ElectionTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Vip WEB =
            new Vip("web", Objects.requireNonNull(IpAddress.tryParse("198.51.100.100")), 32, "eth0");
    private static final int SESSION_MILLIS = 5000;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    /** Who has the VIP; what is held twice at a time is written down. */
    private final AtomicReference<@Nullable String> holder = new AtomicReference<>();

    private final List<String> wrong = new CopyOnWriteArrayList<>();
    private final List<TestNode> nodes = new ArrayList<>();
    private @Nullable Servers zooKeeper;
    private @Nullable Credentials credentials;

    @BeforeEach
    void start() throws Exception {
        opened.push(() -> loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly());
        Servers servers = Servers.started();
        opened.push(servers);
        zooKeeper = servers;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (TestNode node : nodes) {
            node.close();
        }
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
        assertThat(wrong).isEmpty();
    }

    /** What would be a kernel: the lifetime is left to the lease. */
    private final class Kernel implements VipDriver {

        private final String node;
        private final AtomicInteger holds = new AtomicInteger();
        private volatile boolean refuses;

        Kernel(String node) {
            this.node = node;
        }

        @Override
        public boolean hold(Vip vip, int lifetimeSeconds, long notAfterNanos) {
            if (System.nanoTime() - notAfterNanos >= 0) {
                return false;
            }
            if (refuses) {
                throw new VipException("no such device");
            }
            String before = holder.getAndSet(node);
            if (before != null && !before.equals(node)) {
                wrong.add(node + " holds it while " + before + " does");
            }
            holds.incrementAndGet();
            return true;
        }

        @Override
        public void drop(Vip vip) {
            holder.compareAndSet(node, null);
        }

        @Override
        public void retire(Vip vip, int seconds) {
            drop(vip);
        }

        @Override
        public void finish(Vip vip) {}

        @Override
        public void announce(Vip vip, long notAfterNanos) {}

        @Override
        public boolean answersOnlyForItself(Vip vip, IpAddress host) {
            return !host.equals(IpAddress.tryParse("127.0.0.1")) || holder.get() == null;
        }

        @Override
        public void close() {}
    }

    /** What the coordination tells that concerns no VIP. */
    private static final class Deaf implements CoordinationListener {

        @Override
        public CompletionStage<?> operated(List<OperatorChange> all) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void membersChanged(List<Member> members) {}
    }

    private final class TestNode implements AutoCloseable {

        private final String id;
        private final Kernel kernel;
        private final ZooKeeperCoordination coordination;
        private final LivenessPort port;
        private final LivenessWatch watch;
        private final Election election;
        private final List<String> transitions = new CopyOnWriteArrayList<>();
        private boolean closed;

        TestNode(String id, String... prefer) throws Exception {
            this.id = id;
            this.kernel = new Kernel(id);
            this.coordination = new ZooKeeperCoordination(
                    new ZooKeeperSettings(
                            "127.0.0.1:" + Objects.requireNonNull(zooKeeper).port(),
                            "/t",
                            SESSION_MILLIS,
                            id,
                            "here",
                            credentials,
                            null),
                    Clock.systemUTC());
            coordination.start(new Deaf());
            this.port = LivenessPort.open(
                    loops, NioServerSocketChannel::new, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            this.election = new Election(
                    id,
                    List.of(new ContestedVip(WEB, List.of(prefer), false, 0, kernel, null, 1)),
                    coordination.vips(),
                    (vip, owner, reason) -> transitions.add((owner ? "gained " : "ceased ") + reason),
                    System::nanoTime);
            this.watch = new LivenessWatch(loops.next(), NioSocketChannel::new, election::refused, election::reached);
            election.start(watch);
            nodes.add(this);
            tell(true);
        }

        void tell(boolean ready) {
            election.tell(new Candidacy(id, ready, false, Set.of("web"), port.address()));
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                election.close();
                watch.close();
                port.close();
                coordination.close();
            }
        }
    }

    private void awaitOwner(String node) {
        await(node + " has it").atMost(PATIENCE).until(() -> node.equals(holder.get()));
        for (TestNode one : nodes) {
            if (!one.closed) {
                await(one.id + " knows").atMost(PATIENCE).until(() -> one.election.picture().vips().stream()
                        .anyMatch(vip -> node.equals(vip.owner())));
            }
        }
    }

    private static @Nullable String ordered(CompletionStage<@Nullable String> order) throws Exception {
        return order.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void oneOwnsItAndRenewsItsLease() throws Exception {
        TestNode a = new TestNode("a", "a", "b");
        awaitOwner("a");
        new TestNode("b", "b", "a");

        int held = a.kernel.holds.get();
        await("it is renewed").atMost(PATIENCE).until(() -> a.kernel.holds.get() > held + 3);
        assertThat(holder).hasValue("a");
        assertThat(a.transitions).containsExactly("gained free");
    }

    @Test
    void itMovesWhereOperatorsWantIt() throws Exception {
        TestNode a = new TestNode("a", "a");
        awaitOwner("a");
        TestNode b = new TestNode("b", "a");

        assertThat(ordered(a.election.move("web", "b"))).isNull();
        awaitOwner("b");
        assertThat(a.transitions).containsExactly("gained free", "ceased moved");

        assertThat(ordered(b.election.drain("b", true))).isNull();
        awaitOwner("a");
        assertThat(ordered(b.election.drain("b", false))).isNull();
        awaitOwner("b");
    }

    @Test
    void whoGoesLeavesItToWhoStaysBehind() throws Exception {
        TestNode a = new TestNode("a", "a");
        awaitOwner("a");
        new TestNode("b", "a");

        a.election
                .leave(new Candidacy("a", true, false, Set.of("web"), a.port.address()))
                .get(60, TimeUnit.SECONDS);
        awaitOwner("b");
        a.close();
        assertThat(holder).hasValue("b");
    }

    @Test
    void whoIsNotReadyLosesIt() throws Exception {
        TestNode a = new TestNode("a", "a");
        awaitOwner("a");
        new TestNode("b", "a");
        a.tell(false);
        awaitOwner("b");
    }

    @Test
    void whoCannotHoldItLeavesItToOthers() throws Exception {
        TestNode a = new TestNode("a", "a");
        awaitOwner("a");
        TestNode b = new TestNode("b", "b");
        a.kernel.refuses = true;
        awaitOwner("b");
        assertThat(a.election.picture().vips().get(0).problem()).isEqualTo("no such device");
        assertThat(b.transitions).startsWith("gained free");
    }

    @Test
    void whatIsKeptOfVipsIsClosedToOthersByAPassword(@TempDir Path directory) throws Exception {
        credentials = Credentials.read(Files.writeString(directory.resolve("auth"), "hawser:secret\n"));
        TestNode a = new TestNode("a", "a");
        awaitOwner("a");
        TestNode b = new TestNode("b", "a");
        assertThat(ordered(a.election.move("web", "b"))).isNull();
        awaitOwner("b");
        assertThat(ordered(b.election.drain("b", true))).isNull();
        awaitOwner("a");
        try (CuratorFramework somebody = somebody()) {
            for (String path : List.of(
                    "claims/web", "claims/web/owner", "claims/web/standby", "nodes/a", "moved/web", "drained/b")) {
                assertThatThrownBy(() -> somebody.getData().forPath("/t/vip/" + path))
                        .as(path)
                        .isInstanceOf(KeeperException.NoAuthException.class);
                assertThatThrownBy(() -> somebody.setData().forPath("/t/vip/" + path, new byte[0]))
                        .as(path)
                        .isInstanceOf(KeeperException.NoAuthException.class);
            }
        }
    }

    private CuratorFramework somebody() {
        CuratorFramework somebody = CuratorFrameworkFactory.newClient(
                "127.0.0.1:" + Objects.requireNonNull(zooKeeper).port(), new RetryOneTime(100));
        somebody.start();
        return somebody;
    }

    /** By whoever tidies up in ZooKeeper. */
    @ParameterizedTest
    @ValueSource(strings = {"nodes", "moved", "drained", "claims"})
    void whatIsDeletedInZooKeeperIsMadeAnew(String what) throws Exception {
        TestNode a = new TestNode("a", "a");
        awaitOwner("a");
        TestNode b = new TestNode("b", "a");
        try (CuratorFramework somebody = somebody()) {
            String path = "/t/vip/" + what;
            somebody.delete().deletingChildrenIfNeeded().forPath(path);
            awaitOwner("a");
            await("it is made anew")
                    .atMost(PATIENCE)
                    .until(() -> somebody.checkExists().forPath(path) != null);
        }
        await("it knows both")
                .atMost(PATIENCE)
                .until(() -> a.election.picture().nodes().size() == 2);
        awaitOwner("a");
        assertThat(ordered(a.election.move("web", "b"))).isNull();
        awaitOwner("b");
        assertThat(ordered(a.election.drain("b", true))).isNull();
        awaitOwner("a");
        assertThat(b.election.picture().drained()).containsExactly("b");
    }

    @Test
    void whileZooKeeperIsAwayNobodyTakesItOver() throws Exception {
        TestNode a = new TestNode("a", "a");
        awaitOwner("a");
        new TestNode("b", "b");
        Objects.requireNonNull(zooKeeper).stop();
        await("the lease has ended").atMost(PATIENCE).until(() -> holder.get() == null);
        Objects.requireNonNull(zooKeeper).restart();
        await("somebody has it").atMost(PATIENCE).until(() -> holder.get() != null);
        assertThat(a.election.picture().vips()).hasSize(1);
    }
}
