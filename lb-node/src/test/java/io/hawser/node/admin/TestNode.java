package io.hawser.node.admin;

import io.hawser.pool.OperatorState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A node that is asked by the admin server and answers as it is told to. */
final class TestNode implements NodeControl {

    final List<String> orders = new ArrayList<>();
    final VipPage vips = new VipPage(
            true,
            null,
            List.of(new VipPage.VipStatus(
                    "web", "10.0.0.100/32", "eth0", "kernel", "lb1", true, 7, "lb1", null, List.of("lb2"), null)),
            List.of(new VipPage.Candidate("lb1", true, true, true, false, false)));
    volatile Readiness readiness = Readiness.yes();
    volatile CompletionStage<Change> change = CompletableFuture.completedFuture(new Change.Applied("done"));
    volatile CompletionStage<List<PoolStatus>> pools = CompletableFuture.completedFuture(List.of(new PoolStatus(
            "shop",
            "maglev",
            false,
            new PoolStatus.Affinity(List.of("client-ip"), 1800, 7, 1_000_000),
            List.of(new PoolStatus.BackendStatus(
                    "b1",
                    "10.0.1.11:8443",
                    PoolStatus.Health.UP,
                    OperatorState.DRAIN,
                    new PoolStatus.SetBy("lb2", Instant.parse("2026-01-02T03:04:05Z")),
                    100,
                    80,
                    50,
                    false,
                    3,
                    0,
                    12,
                    1,
                    1000,
                    2000,
                    new PoolStatus.Rates(0.5, 10, 20),
                    60,
                    null)))));

    @Override
    public CompletionStage<NodeStatus> status() {
        return CompletableFuture.completedFuture(new NodeStatus(
                "lb1",
                "1.2.3",
                "abc",
                NodeStatus.Phase.SERVING,
                Instant.parse("2026-01-02T03:04:05.678Z"),
                61,
                "17.0.1",
                "epoll",
                2,
                new NodeStatus.Configuration("lb-node.yml", Instant.parse("2026-01-02T03:04:05Z"), false, List.of()),
                new NodeStatus.Connections(1, 2, 3),
                4,
                5));
    }

    @Override
    public CompletionStage<ClusterStatus> nodes() {
        return CompletableFuture.completedFuture(new ClusterStatus(
                "zookeeper",
                false,
                List.of("ZooKeeper is lost"),
                List.of(new ClusterStatus.NodeEntry(
                        "lb1",
                        true,
                        "10.0.0.11",
                        5701,
                        "http://10.0.0.11:9900",
                        "1.2.3",
                        Instant.parse("2026-01-02T03:04:05Z"),
                        new ClusterStatus.Sharing(0, 0.5, true, true, List.of())))));
    }

    @Override
    public Readiness readiness() {
        return readiness;
    }

    @Override
    public CompletionStage<List<PoolStatus>> pools() {
        return pools;
    }

    @Override
    public CompletionStage<List<ListenerStatus>> listeners() {
        return CompletableFuture.completedFuture(
                List.of(new ListenerStatus("https", "tls", List.of("[::]:443"), 1, 100, 9, Map.of("not-tls", 2L))));
    }

    @Override
    public CompletionStage<Optional<AffinityPage>> affinity(AffinityQuery query) {
        if (!query.pool().equals("shop")) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return CompletableFuture.completedFuture(Optional.of(new AffinityPage(
                "shop",
                List.of("tls-session", "client-ip"),
                1800,
                7,
                1_000_000,
                0,
                List.of(new AffinityPage.BackendTickets(
                        "b1",
                        "named",
                        "its session tickets name it",
                        List.of(new AffinityPage.IssuerName("00".repeat(16), "probe", 5L)))),
                List.of(new AffinityPage.Found("client-ip", "192.0.2.7", "b1", 1.5)))));
    }

    @Override
    public CompletionStage<Change> clearAffinity(String pool, AffinityClearing clearing) {
        synchronized (orders) {
            orders.add("clear " + pool + " " + clearing);
        }
        return change;
    }

    @Override
    public CompletionStage<Optional<Explanation>> explain(ExplainQuery query) {
        if (!query.listener().equals("https")) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return CompletableFuture.completedFuture(Optional.of(new Explanation(
                "https", "shop", "b1", "affinity", List.of("client-ip " + query.client() + " decides: b1"))));
    }

    @Override
    public CompletionStage<ConnectionPage> connections(ConnectionFilter filter, int limit) {
        synchronized (orders) {
            orders.add("connections " + filter + " " + limit);
        }
        return CompletableFuture.completedFuture(new ConnectionPage(
                List.of(new ConnectionPage.Connection(
                        7, "https", "192.0.2.7:1", "relay", null, "h2", "shop", "b1", "balancer", 1.5, 0.25, 10, 20)),
                1));
    }

    @Override
    public CompletionStage<Change> setBackendState(String pool, String backend, OperatorState state) {
        return ordered(pool + "/" + backend + " " + state);
    }

    @Override
    public CompletionStage<Change> setBackendWeight(String pool, String backend, int weight) {
        return ordered(pool + "/" + backend + " " + weight);
    }

    @Override
    public CompletionStage<VipPage> vips() {
        return CompletableFuture.completedFuture(vips);
    }

    @Override
    public CompletionStage<Change> moveVip(String vip, @Nullable String to) {
        return ordered("move vip " + vip + " to " + to);
    }

    @Override
    public CompletionStage<Change> setDrained(String node, boolean drained) {
        return ordered((drained ? "drain node " : "resume node ") + node);
    }

    @Override
    public CompletionStage<Change> reload() {
        return ordered("reload");
    }

    private CompletionStage<Change> ordered(String order) {
        synchronized (orders) {
            orders.add(order);
        }
        return change;
    }
}
