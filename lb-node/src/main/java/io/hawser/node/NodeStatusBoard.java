package io.hawser.node;

import io.hawser.affinity.AffinityPolicy;
import io.hawser.config.AffinityConfig;
import io.hawser.config.ListenerConfig;
import io.hawser.config.PoolConfig;
import io.hawser.node.admin.AffinityClearing;
import io.hawser.node.admin.AffinityPage;
import io.hawser.node.admin.AffinityQuery;
import io.hawser.node.admin.Change;
import io.hawser.node.admin.ClusterStatus;
import io.hawser.node.admin.ConnectionFilter;
import io.hawser.node.admin.ConnectionPage;
import io.hawser.node.admin.ExplainQuery;
import io.hawser.node.admin.Explanation;
import io.hawser.node.admin.ListenerStatus;
import io.hawser.node.admin.NodeControl;
import io.hawser.node.admin.NodeStatus;
import io.hawser.node.admin.PoolStatus;
import io.hawser.node.admin.Readiness;
import io.hawser.node.admin.VipPage;
import io.hawser.node.connection.FoundConnections;
import io.hawser.node.connection.OpenConnection;
import io.hawser.node.coordination.CoordinationStatus;
import io.hawser.node.coordination.Member;
import io.hawser.node.coordination.OperatorChange;
import io.hawser.node.metrics.ListenerMetrics;
import io.hawser.node.pool.PoolControl;
import io.hawser.node.state.Bulletin;
import io.hawser.node.state.Replication;
import io.hawser.pool.OperatorState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers the admin server's questions about a node, and brings its orders to the control loop. */
final class NodeStatusBoard implements NodeControl {

    private final Node node;
    private final BuildInfo build;
    private final Instant started;
    private volatile NodeStatus.Phase phase = NodeStatus.Phase.STARTING;
    private volatile NodeStatus.Configuration configuration;

    NodeStatusBoard(Node node, BuildInfo build, Instant started) {
        this.node = node;
        this.build = build;
        this.started = started;
        this.configuration = new NodeStatus.Configuration(node.file().toString(), started, false, List.of());
    }

    void serving() {
        phase = NodeStatus.Phase.SERVING;
    }

    void draining() {
        phase = NodeStatus.Phase.DRAINING;
    }

    boolean isDraining() {
        return phase == NodeStatus.Phase.DRAINING;
    }

    /** @param waiting what was changed and is not in force before the node is restarted, one line each */
    void reloaded(List<String> waiting) {
        configuration = new NodeStatus.Configuration(configuration.file(), Instant.now(), false, waiting);
    }

    void reloadRefused() {
        NodeStatus.Configuration before = configuration;
        configuration = new NodeStatus.Configuration(before.file(), before.loaded(), true, before.waitsForRestart());
    }

    @Override
    public CompletionStage<NodeStatus> status() {
        return onControl(this::statusNow);
    }

    private NodeStatus statusNow() {
        long accepted = 0;
        long errors = 0;
        for (ListenerConfig listener : node.config().listeners()) {
            ListenerMetrics metrics = node.metrics().listener(listener.id());
            accepted += metrics.accepted();
            errors += metrics.errors().values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
        long in = 0;
        long out = 0;
        for (PoolControl pool : node.pools().values()) {
            for (PoolControl.Standing standing : pool.standings()) {
                in += standing.metrics().bytesIn();
                out += standing.metrics().bytesOut();
            }
        }
        return new NodeStatus(
                node.config().node().id(),
                build.version(),
                build.revision(),
                phase,
                started,
                Duration.between(started, Instant.now()).toSeconds(),
                Runtime.version().toString(),
                node.dataPath().transportName(),
                node.dataPath().workerCount(),
                configuration,
                new NodeStatus.Connections(node.dataPath().connections(), accepted, errors),
                in,
                out);
    }

    @Override
    public Readiness readiness() {
        return switch (phase) {
            case STARTING -> Readiness.no(List.of("the node is starting"));
            case DRAINING -> Readiness.no(List.of("the node is draining"));
            case SERVING -> {
                CoordinationStatus coordination = node.coordination().status();
                List<String> reasons = new ArrayList<>(node.state().unreadiness());
                reasons.addAll(coordination.obstacles());
                if (node.vips().isDrained()) {
                    reasons.add("an operator has drained this node; 'lbctl node resume' ends that");
                }
                yield reasons.isEmpty() ? Readiness.yes(coordination.warnings()) : Readiness.no(reasons);
            }
        };
    }

    @Override
    public CompletionStage<ClusterStatus> nodes() {
        CoordinationStatus coordination = node.coordination().status();
        List<String> problems = new ArrayList<>(coordination.obstacles());
        problems.addAll(coordination.warnings());
        String self = node.config().node().id();
        return CompletableFuture.completedFuture(
                new ClusterStatus(coordination.kind(), coordination.connected(), problems, entries(self)));
    }

    /** Those that ZooKeeper knows of, and those that this node's cluster consists of: mostly the same. */
    private List<ClusterStatus.NodeEntry> entries(String self) {
        Map<String, ClusterStatus.NodeEntry> entries = new TreeMap<>();
        for (Member member : node.coordination().members()) {
            entries.put(
                    member.id(),
                    new ClusterStatus.NodeEntry(
                            member.id(),
                            member.id().equals(self),
                            member.address(),
                            member.clusterPort(),
                            member.adminUrl(),
                            member.version(),
                            member.started(),
                            null));
        }
        for (Bulletin told : node.bulletins().all()) {
            // What it told last is up to a second old; of itself a node knows better.
            Replication replication = told.node().equals(self) ? node.state().replication() : told.replication();
            entries.put(
                    told.node(),
                    new ClusterStatus.NodeEntry(
                            told.node(),
                            told.node().equals(self),
                            told.address(),
                            told.clusterPort(),
                            told.admin(),
                            told.version(),
                            told.started(),
                            !replication.shared()
                                    ? null
                                    : new ClusterStatus.Sharing(
                                            replication.changesWaiting(),
                                            replication.lagMillis() / 1e3,
                                            replication.backupsInSync(),
                                            replication.safeToStop(),
                                            replication.unsafe())));
        }
        return List.copyOf(entries.values());
    }

    @Override
    public CompletionStage<List<PoolStatus>> pools() {
        return onControl(() -> {
            List<PoolStatus> statuses = new ArrayList<>();
            for (PoolConfig config : node.config().pools()) {
                PoolControl pool = node.pools().get(config.id());
                if (pool != null) {
                    statuses.add(status(config, pool));
                }
            }
            return statuses;
        });
    }

    private PoolStatus status(PoolConfig config, PoolControl pool) {
        AffinityConfig affinity = config.affinity();
        List<PoolStatus.BackendStatus> backends = new ArrayList<>();
        for (PoolControl.Standing standing : pool.standings()) {
            backends.add(new PoolStatus.BackendStatus(
                    standing.backend().id(),
                    standing.backend().address().toString(),
                    switch (standing.verdict()) {
                        case UP -> PoolStatus.Health.UP;
                        case DOWN -> PoolStatus.Health.DOWN;
                        case EJECTED -> PoolStatus.Health.EJECTED;
                        case UNKNOWN -> PoolStatus.Health.UNCHECKED;
                    },
                    standing.operator(),
                    setBy(config.id(), standing.backend().id()),
                    standing.weight(),
                    standing.backend().weight(),
                    standing.weightNow(),
                    standing.backend().backup(),
                    standing.load().connections(),
                    standing.backend().maxConnections(),
                    standing.metrics().connections(),
                    standing.metrics().connectFailures(),
                    standing.metrics().bytesIn(),
                    standing.metrics().bytesOut(),
                    new PoolStatus.Rates(
                            standing.rates().connections(),
                            standing.rates().bytesIn(),
                            standing.rates().bytesOut()),
                    standing.sinceNanos() / 1_000_000_000,
                    standing.reason()));
        }
        return new PoolStatus(
                config.id(),
                pool.plan().settings().balance().label(),
                pool.pool().state().view().failingOpen(),
                affinity.by().isEmpty()
                        ? null
                        : new PoolStatus.Affinity(
                                pool.plan().settings().affinity().by().stream()
                                        .map(AffinityPolicy.By::label)
                                        .toList(),
                                affinity.ttl().toSeconds(),
                                pool.pool().affinity().size(),
                                affinity.maxEntries()),
                backends);
    }

    private PoolStatus.@Nullable SetBy setBy(String pool, String backend) {
        OperatorChange change = node.orders().last(pool, backend);
        return change == null ? null : new PoolStatus.SetBy(change.by(), change.at());
    }

    @Override
    public CompletionStage<List<ListenerStatus>> listeners() {
        return onControl(this::listenersNow);
    }

    private List<ListenerStatus> listenersNow() {
        List<ListenerStatus> statuses = new ArrayList<>();
        Map<String, List<java.net.InetSocketAddress>> bound = node.dataPath().addresses();
        for (ListenerConfig config : node.config().listeners()) {
            ListenerMetrics metrics = node.metrics().listener(config.id());
            statuses.add(new ListenerStatus(
                    config.id(),
                    config.protocol().name().toLowerCase(Locale.ROOT),
                    bound.getOrDefault(config.id(), List.of()).stream()
                            .map(io.netty.util.NetUtil::toSocketAddressString)
                            .toList(),
                    metrics.active(),
                    config.maxConnections(),
                    metrics.accepted(),
                    metrics.errors()));
        }
        return statuses;
    }

    @Override
    public CompletionStage<ConnectionPage> connections(ConnectionFilter filter, int limit) {
        // The loops that carry traffic only look; what they found is put together here.
        return node.dataPath()
                .find(filter::matches, limit)
                .thenApplyAsync(found -> page(found, limit), node.controlLoop());
    }

    private static ConnectionPage page(List<FoundConnections> found, int limit) {
        return new ConnectionPage(
                found.stream()
                        .flatMap(loop -> loop.oldest().stream())
                        .sorted(Comparator.comparingLong(OpenConnection::ageNanos)
                                .reversed())
                        .limit(limit)
                        .map(NodeStatusBoard::row)
                        .toList(),
                found.stream().mapToLong(FoundConnections::matching).sum());
    }

    private static ConnectionPage.Connection row(OpenConnection open) {
        return new ConnectionPage.Connection(
                open.number(),
                open.listener(),
                open.client(),
                open.phase(),
                open.serverName(),
                open.alpn(),
                open.pool(),
                open.backend(),
                open.reason(),
                open.ageNanos() / 1e9,
                open.idleNanos() / 1e9,
                open.bytesIn(),
                open.bytesOut());
    }

    @Override
    public CompletionStage<Optional<AffinityPage>> affinity(AffinityQuery query) {
        return onControl(() -> Optional.ofNullable(node.pools().get(query.pool()))
                .map(pool -> new AffinityBoard(pool, nowMillis()).page(query)));
    }

    @Override
    public CompletionStage<Change> clearAffinity(String pool, AffinityClearing clearing) {
        return onControl(() -> node.pools().get(pool)).thenCompose(control -> {
            if (control == null) {
                List<String> there =
                        node.config().pools().stream().map(PoolConfig::id).toList();
                return CompletableFuture.completedFuture(BackendChanges.noPool(pool, there));
            }
            return new AffinityBoard(control, nowMillis()).clear(clearing);
        });
    }

    @Override
    public CompletionStage<Optional<Explanation>> explain(ExplainQuery query) {
        return onControl(() -> Optional.ofNullable(
                new Explainer(node.config(), node.pools(), node.random(), nowMillis()).explain(query)));
    }

    private static long nowMillis() {
        return System.nanoTime() / 1_000_000;
    }

    @Override
    public CompletionStage<Change> setBackendState(String pool, String backend, OperatorState state) {
        return node.backendChanges().setState(pool, backend, state);
    }

    @Override
    public CompletionStage<Change> setBackendWeight(String pool, String backend, int weight) {
        return node.backendChanges().setWeight(pool, backend, weight);
    }

    @Override
    public CompletionStage<VipPage> vips() {
        return CompletableFuture.completedFuture(vipBoard().page());
    }

    @Override
    public CompletionStage<Change> moveVip(String vip, @Nullable String to) {
        return vipBoard().move(vip, to);
    }

    @Override
    public CompletionStage<Change> setDrained(String id, boolean drained) {
        return drained ? vipBoard().drain(id) : vipBoard().resume(id);
    }

    private VipBoard vipBoard() {
        return new VipBoard(node.config(), node.vips().election());
    }

    @Override
    public CompletionStage<Change> reload() {
        return node.reload();
    }

    /** What the control loop alone may look at or change. */
    private <T> CompletionStage<T> onControl(Supplier<T> question) {
        return CompletableFuture.supplyAsync(question, node.controlLoop());
    }
}
