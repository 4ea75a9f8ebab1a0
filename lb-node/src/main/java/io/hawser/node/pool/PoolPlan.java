package io.hawser.node.pool;

import io.hawser.affinity.IssuerTable;
import io.hawser.health.HealthSettings;
import io.hawser.pool.Backend;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pool as configured, its addresses resolved.
 *
 * @param id the pool's id
 * @param settings what is done with connections
 * @param affinityTtlMillis since the last use
 * @param affinityMaxEntries remembered at once
 * @param ticketKeyNames of the backends, as the operator has set them; empty when they are learned
 * @param health how results become a verdict
 * @param slowStartNanos how long the weight of a backend that comes back grows; 0: not at all
 * @param backends the servers
 */
public record PoolPlan(
        String id,
        PoolSettings settings,
        long affinityTtlMillis,
        int affinityMaxEntries,
        List<IssuerTable.ConfiguredName> ticketKeyNames,
        HealthSettings health,
        long slowStartNanos,
        List<Resolved> backends) {

    /** The backend of an id; null when the pool has none. */
    public @Nullable Resolved resolved(String backend) {
        for (Resolved resolved : backends) {
            if (resolved.backend().id().equals(backend)) {
                return resolved;
            }
        }
        return null;
    }

    /** A backend and where it is. */
    public record Resolved(Backend backend, InetSocketAddress address) {}
}
