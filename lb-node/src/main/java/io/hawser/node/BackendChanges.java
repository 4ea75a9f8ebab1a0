package io.hawser.node;

import io.hawser.node.admin.Change;
import io.hawser.node.coordination.ChangeOutcome;
import io.hawser.node.coordination.Coordination;
import io.hawser.node.pool.PoolControl;
import io.hawser.pool.OperatorSetting;
import io.hawser.pool.OperatorState;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Has the nodes agree on what an operator changes of a backend, and says what has become of it. Any thread. */
final class BackendChanges {

    /** Ids that a message lists. */
    private static final int MAX_NAMED = 20;

    private final Coordination coordination;
    private final Map<String, PoolControl> pools;
    private final Executor controlLoop;
    private final Supplier<Set<String>> members;

    /**
     * Makes it.
     *
     * @param pools as they are now, by id; the control loop's
     * @param members the ids of the nodes that this one is a cluster with, however it knows them
     */
    BackendChanges(
            Coordination coordination,
            Map<String, PoolControl> pools,
            Executor controlLoop,
            Supplier<Set<String>> members) {
        this.coordination = coordination;
        this.members = members;
        this.pools = pools;
        this.controlLoop = controlLoop;
    }

    /**
     * What is to be changed of a backend, and the words for it.
     *
     * @param edit of what is set
     * @param already whether it is so already
     * @param is how it is afterwards
     * @param toBe the same, while that is not certain
     * @param was how it was before
     * @param more what else there is to say
     */
    private record Order(
            UnaryOperator<OperatorSetting> edit, boolean already, String is, String toBe, String was, String more) {}

    CompletionStage<Change> setState(String pool, String backend, OperatorState state) {
        return change(pool, backend, before -> {
            int open = before.load().connections();
            String connections = open == 0 ? "" : "; connections open to it: " + open;
            return new Order(
                    setting -> setting.withState(state),
                    before.operator() == state,
                    "is " + label(state),
                    "is to be " + label(state),
                    ", was " + label(before.operator()),
                    connections);
        });
    }

    CompletionStage<Change> setWeight(String pool, String backend, int weight) {
        return change(pool, backend, before -> {
            boolean asConfigured = before.backend().weight() == weight;
            return new Order(
                    setting -> setting.withWeight(asConfigured ? null : weight),
                    before.weight() == weight,
                    "has the weight " + weight,
                    "is to have the weight " + weight,
                    ", had " + before.weight(),
                    asConfigured ? ", as configured" : "");
        });
    }

    private static String label(OperatorState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private CompletionStage<Change> change(String pool, String backend, Function<PoolControl.Standing, Order> order) {
        return CompletableFuture.supplyAsync(() -> begin(pool, backend, order), controlLoop)
                .thenCompose(Function.identity());
    }

    private CompletionStage<Change> begin(String pool, String backend, Function<PoolControl.Standing, Order> order) {
        PoolControl control = pools.get(pool);
        if (control == null) {
            return CompletableFuture.completedFuture(noPool(pool, List.copyOf(pools.keySet())));
        }
        List<PoolControl.Standing> standings = control.standings();
        for (PoolControl.Standing standing : standings) {
            if (standing.backend().id().equals(backend)) {
                Order ordered = order.apply(standing);
                return coordination
                        .change(pool, backend, ordered.edit())
                        .thenApply(outcome -> told(pool + "/" + backend + " ", ordered, outcome));
            }
        }
        return CompletableFuture.completedFuture(
                new Change.NotFound("pool " + pool + " has no backend " + backend + "; it has "
                        + some(standings.stream()
                                .map(standing -> standing.backend().id())
                                .toList())));
    }

    private Change told(String what, Order order, ChangeOutcome outcome) {
        if (outcome instanceof ChangeOutcome.Refused refused) {
            return new Change.Unavailable(what + "stays as it is: " + refused.why());
        }
        if (outcome instanceof ChangeOutcome.Kept kept) {
            return new Change.Kept(what + order.toBe() + order.was() + order.more(), pending(kept.unconfirmed()));
        }
        Set<String> nodes = ((ChangeOutcome.InForce) outcome).nodes();
        // One that can't reach ZooKeeper confirms nothing, and yet it may carry traffic.
        List<String> unheard = members.get().stream()
                .filter(member -> !nodes.contains(member))
                .sorted()
                .toList();
        if (!unheard.isEmpty()) {
            boolean isShared = !coordination.status().kind().equals("standalone");
            return new Change.Kept(
                    what + order.toBe() + order.was() + order.more(), isShared ? pending(unheard) : alone(unheard));
        }
        return new Change.Applied(what
                + (order.already() ? order.is() + " already" : order.is() + " now" + order.was())
                + order.more()
                + (nodes.size() > 1 ? "; in force on " + nodes.size() + " nodes" : ""));
    }

    private static String pending(List<String> unconfirmed) {
        return unconfirmed.isEmpty()
                ? "it is kept, and ZooKeeper was lost before it was certain that it is in force on every node; 'lbctl"
                        + " backends' asks a node"
                : "it is kept, and not yet confirmed to be in force on " + some(unconfirmed)
                        + ", where it will be as soon as that node hears of it; 'lbctl backends --node URL' asks it";
    }

    private static String alone(List<String> others) {
        return "it holds on this node only: without 'zookeeper' in the configuration it is not told to " + some(others)
                + "; give the same command to each";
    }

    /** @param there the ids of the pools that there are */
    static Change noPool(String pool, List<String> there) {
        return new Change.NotFound("there is no pool " + pool + "; there is " + some(there));
    }

    /** Ids for a message, the first of them when there are many. */
    static String some(List<String> ids) {
        int left = ids.size() - MAX_NAMED;
        return left <= 0
                ? String.join(", ", ids)
                : String.join(", ", ids.subList(0, MAX_NAMED)) + " and " + left + " more";
    }
}
