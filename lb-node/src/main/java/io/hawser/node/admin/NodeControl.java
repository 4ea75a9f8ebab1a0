package io.hawser.node.admin;

import io.hawser.pool.OperatorState;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What the admin address asks of the node: the only way from HTTP into it.
 *
 * <p>Called on the admin server's event loop, never on one that carries traffic. No method blocks: what
 * belongs to another thread is asked there. The stages may complete on any thread, one that carries traffic too, so
 * that who waits for them works elsewhere; and they complete normally: an exception is a bug and becomes a 500.
 */
public interface NodeControl {

    /** The node as a whole. */
    CompletionStage<NodeStatus> status();

    /** The nodes that act as one, this one among them. */
    CompletionStage<ClusterStatus> nodes();

    /** Whether the node can serve now, and why not. */
    Readiness readiness();

    /** Every pool with its backends, in the order of the configuration. */
    CompletionStage<List<PoolStatus>> pools();

    /** Every listener, in the order of the configuration. */
    CompletionStage<List<ListenerStatus>> listeners();

    /**
     * Open client connections, the oldest first.
     *
     * @param limit the most to return, 1 to {@link ConnectionFilter#MAX_LIMIT}
     */
    CompletionStage<ConnectionPage> connections(ConnectionFilter filter, int limit);

    /** What a pool remembers of its sessions; empty when there is no such pool. */
    CompletionStage<Optional<AffinityPage>> affinity(AffinityQuery query);

    /** Makes every node forget sessions of a pool. Completes once all have. */
    CompletionStage<Change> clearAffinity(String pool, AffinityClearing clearing);

    /** Where a client's connection would go, and why; empty when there is no such listener. */
    CompletionStage<Optional<Explanation>> explain(ExplainQuery query);

    /** Changes what the operator wants of a backend. Completes once new connections follow it, on every node. */
    CompletionStage<Change> setBackendState(String pool, String backend, OperatorState state);

    /**
     * Changes a backend's weight. Completes once new connections follow it, on every node.
     *
     * @param weight 0 to 1000; 0 takes no new sessions
     */
    CompletionStage<Change> setBackendWeight(String pool, String backend, int weight);

    /** The floating addresses. */
    CompletionStage<VipPage> vips();

    /**
     * Moves a VIP. Completes once its new owner has it, or it is certain that this takes longer.
     *
     * @param to a node's id; null: wherever it would be anyway
     */
    CompletionStage<Change> moveVip(String vip, @Nullable String to);

    /** Empties a node of VIPs, or has it used again. Completes once that is so, or it is certain that it takes longer. */
    CompletionStage<Change> setDrained(String node, boolean drained);

    /** Takes the configuration file in anew. Completes once it is in force, or refused whole. */
    CompletionStage<Change> reload();
}
