package io.hawser.node.pool;

import io.hawser.affinity.AffinityKey;
import io.hawser.affinity.AffinityKeys;
import io.hawser.affinity.AffinityTable;
import io.hawser.net.IpAddress;
import io.hawser.node.metrics.AffinityMetrics;
import io.hawser.selection.PoolView;
import java.util.List;
import java.util.Map;

/**
 * A pool as the data path sees it. Safe from any thread: the state is immutable and replaced whole by {@link
 * PoolControl}.
 */
public final class Pool {

    /**
     * A pool at one moment; what belongs together changes together.
     *
     * @param settings what is done with connections
     * @param view what the selector chooses from
     * @param targets how each backend of the view is reached, by id
     */
    public record State(PoolSettings settings, PoolView view, Map<String, Target> targets) {

        public State {
            targets = Map.copyOf(targets);
        }

        /** How a backend of the view is reached. */
        public Target target(String backend) {
            Target target = targets.get(backend);
            if (target == null) {
                throw new IllegalStateException("pool " + view.id() + " has no target for its backend " + backend);
            }
            return target;
        }
    }

    private final String id;
    private final AffinityTable affinity;
    private final AffinityMetrics affinityMetrics;
    private volatile State state;

    Pool(String id, AffinityTable affinity, AffinityMetrics affinityMetrics, State state) {
        this.id = id;
        this.affinity = affinity;
        this.affinityMetrics = affinityMetrics;
        this.state = state;
    }

    public String id() {
        return id;
    }

    public State state() {
        return state;
    }

    void become(State next) {
        state = next;
    }

    public AffinityTable affinity() {
        return affinity;
    }

    public AffinityMetrics affinityMetrics() {
        return affinityMetrics;
    }

    /** The keys that tie this client to a backend, the one to heed first first. */
    public static List<AffinityKey> keys(PoolSettings settings, IpAddress client) {
        return settings.clientIpAffinity() ? List.of(clientKey(settings, client)) : List.of();
    }

    /** What balancers that hash take; equal for all addresses that count as one client. */
    public static long hash(PoolSettings settings, IpAddress client) {
        return clientKey(settings, client).hash();
    }

    private static AffinityKey clientKey(PoolSettings settings, IpAddress client) {
        return AffinityKeys.clientIp(client.prefix(settings.v4Prefix(), settings.v6Prefix()));
    }
}
