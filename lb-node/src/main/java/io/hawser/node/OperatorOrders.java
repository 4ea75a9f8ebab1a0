package io.hawser.node;

import io.hawser.node.coordination.CoordinationListener;
import io.hawser.node.coordination.Member;
import io.hawser.node.coordination.OperatorChange;
import io.hawser.node.pool.PoolControl;
import io.hawser.pool.OperatorSetting;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings to the pools what operators have set, also of backends that a later reload adds. Any thread. */
final class OperatorOrders implements CoordinationListener {

    private static final Logger log = LoggerFactory.getLogger(OperatorOrders.class);

    private static final int MAX_UNKNOWN = 1000;

    private volatile List<OperatorChange> changes = List.of();
    private volatile Map<String, Map<String, OperatorSetting>> byPool = Map.of();
    private volatile @Nullable Pools pools;

    /** Those that were last told of; the coordination's. */
    private volatile List<String> nodes = List.of();

    /** Who obeys. */
    private record Pools(Executor controlLoop, Map<String, PoolControl> byId) {}

    /** Those that were told of; the control loop's. */
    private final Set<String> unknown = new HashSet<>();

    /**
     * From now on pools obey. Those that are made later ask {@link #of}.
     *
     * @param byId as they are now; the control loop's
     */
    void attach(Executor controlLoop, Map<String, PoolControl> byId) {
        pools = new Pools(controlLoop, byId);
    }

    @Override
    public CompletionStage<?> operated(List<OperatorChange> all) {
        Map<String, Map<String, OperatorSetting>> next = new HashMap<>();
        for (OperatorChange change : all) {
            next.computeIfAbsent(change.pool(), id -> new HashMap<>()).put(change.backend(), change.setting());
        }
        byPool = next;
        changes = List.copyOf(all);
        Pools now = pools;
        if (now == null) {
            return CompletableFuture.completedFuture(null);
        }
        try {
            return CompletableFuture.runAsync(() -> obey(now.byId()), now.controlLoop());
        } catch (RejectedExecutionException e) {
            // The node has stopped.
            return CompletableFuture.failedFuture(e);
        }
    }

    private void obey(Map<String, PoolControl> byId) {
        byId.forEach((id, pool) -> pool.operated(of(id)));
        tellOfUnknown();
    }

    /** Logs, once each, which backends operators have set that this node does not have. Control loop. */
    void tellOfUnknown() {
        Pools now = pools;
        if (now != null) {
            changes.forEach(change -> tellWhenUnknown(now.byId().get(change.pool()), change));
        }
    }

    /** What is set of a pool's backends, by id. */
    Map<String, OperatorSetting> of(String pool) {
        return byPool.getOrDefault(pool, Map.of());
    }

    /** What was last set of a backend; null when nothing is set, any more or ever. */
    @Nullable OperatorChange last(String pool, String backend) {
        for (OperatorChange change : changes) {
            if (change.pool().equals(pool) && change.backend().equals(backend)) {
                return change.setting().equals(OperatorSetting.NONE) ? null : change;
            }
        }
        return null;
    }

    private void tellWhenUnknown(@Nullable PoolControl pool, OperatorChange change) {
        boolean known = pool != null && pool.plan().resolved(change.backend()) != null;
        if (!known
                && !change.setting().equals(OperatorSetting.NONE)
                && unknown.size() < MAX_UNKNOWN
                && unknown.add(change.pool() + "/" + change.backend())) {
            log.info(
                    "operators have set pool {} backend {} {}; this node has no such backend, and heeds it once it has",
                    change.pool(),
                    change.backend(),
                    change.setting().state());
        }
    }

    @Override
    public void membersChanged(List<Member> members) {
        List<String> now = members.stream().map(Member::id).toList();
        // A node also tells when no more than its admin address has changed, as it does once it serves.
        if (!now.equals(nodes)) {
            nodes = now;
            log.info("nodes: {}", now);
        }
    }
}
