package io.hawser.selection;

import io.hawser.balance.Algorithm;
import io.hawser.balance.Balancer;
import io.hawser.balance.Balancers;
import io.hawser.pool.BackendView;
import io.hawser.pool.OperatorState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A pool at one moment: its backends, and the balancers over those that take new sessions. Immutable but for the
 * backends' live loads; a new one is built, off the event loops, whenever a backend's health, state or weight changes.
 *
 * <p>New sessions go to the first tier that has a usable backend: the primaries that take sessions, then the backups
 * that do. When none of either does because every backend that the operator lets take new sessions looks down, the pool
 * fails open: all of these are in one tier, since trying them can't be worse than refusing.
 */
public final class PoolView {

    /** Connections that do no harm anywhere. */
    private static final int FEW = 64;

    private final String id;
    private final List<BackendView> backends;
    private final Map<String, BackendView> byId = new HashMap<>();
    private final List<Balancer> tiers;
    private final boolean failingOpen;

    private PoolView(String id, List<BackendView> backends, List<Balancer> tiers, boolean failingOpen) {
        this.id = id;
        this.backends = backends;
        this.tiers = tiers;
        this.failingOpen = failingOpen;
        for (BackendView backend : backends) {
            if (byId.put(backend.backend().id(), backend) != null) {
                throw new IllegalArgumentException(
                        "pool " + id + " has two backends " + backend.backend().id());
            }
        }
    }

    /**
     * Builds the view; with Maglev this takes about a millisecond.
     *
     * @param id the pool's id
     * @param algorithm how it balances
     * @param backends all of its backends, in any order, with different ids
     * @param random where balancers that go in turn start
     */
    public static PoolView of(String id, Algorithm algorithm, List<BackendView> backends, RandomGenerator random) {
        List<BackendView> all = List.copyOf(backends);
        List<BackendView> taking =
                all.stream().filter(BackendView::takesSessions).toList();
        if (!taking.isEmpty()) {
            List<Balancer> tiers = taking.stream()
                    .map(view -> view.backend().backup())
                    .distinct()
                    .sorted()
                    .map(backup -> Balancers.of(
                            algorithm,
                            taking.stream()
                                    .filter(view -> view.backend().backup() == backup)
                                    .toList(),
                            random))
                    .toList();
            return new PoolView(id, all, tiers, false);
        }
        List<BackendView> allowed = all.stream()
                .filter(view -> view.operator() == OperatorState.READY && view.weight() > 0)
                .toList();
        return allowed.isEmpty()
                ? new PoolView(id, all, List.of(), false)
                : new PoolView(id, all, List.of(Balancers.of(algorithm, allowed, random)), true);
    }

    public String id() {
        return id;
    }

    /** All backends, as given. */
    public List<BackendView> backends() {
        return backends;
    }

    /** The backend with this id, or null. */
    public @Nullable BackendView find(String backendId) {
        return byId.get(backendId);
    }

    /** The balancers for new sessions, the first to ask first; empty when no backend may take any. */
    List<Balancer> tiers() {
        return tiers;
    }

    /** Whether every backend that may take new sessions looks down, so that all are tried. */
    public boolean failingOpen() {
        return failingOpen;
    }

    /** Whether new sessions go to backups because no other backend takes any. */
    public boolean onBackups() {
        return !failingOpen
                && !tiers.isEmpty()
                && tiers.get(0).candidates().get(0).backend().backup();
    }

    /**
     * Whether a backend has clearly more connections than its share, so that what anybody could forge must not bring it
     * more: a quarter above its share by weight, and a few that every backend may have.
     */
    boolean isOverloaded(BackendView backend) {
        long connections = 0;
        long weights = 0;
        for (BackendView each : backends) {
            connections += each.load().connections();
            weights += each.keepsSessions() ? each.backend().weight() : 0;
        }
        double share = weights == 0 ? 1 : (double) backend.backend().weight() / weights;
        return backend.load().connections() > FEW + 1.25 * share * connections;
    }

    /** Whether a session that is tied to the backend goes on there. While failing open no verdict of the probes counts. */
    boolean keepsSessions(BackendView backend) {
        return failingOpen ? backend.operator() != OperatorState.DOWN : backend.keepsSessions();
    }
}
