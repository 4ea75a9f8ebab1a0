package io.hawser.balance;

import io.hawser.pool.BackendView;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the candidate with the fewest connections for its weight; among equals by chance, in proportion to the
 * weights.
 *
 * <p>Looks at every candidate: meant for tens of backends, or long connections. Counts this node's connections only.
 */
final class LeastConnections implements Balancer {

    private final List<BackendView> candidates;

    LeastConnections(List<BackendView> candidates) {
        this.candidates = List.copyOf(candidates);
    }

    @Override
    public List<BackendView> candidates() {
        return candidates;
    }

    @Override
    public @Nullable BackendView choose(long hash, Predicate<BackendView> usable, RandomGenerator random) {
        BackendView best = null;
        long bestConnections = 0;
        int tiedWeight = 0;
        // By index: an iterator per connection is garbage for nothing.
        for (int i = 0; i < candidates.size(); i++) {
            BackendView candidate = candidates.get(i);
            if (!usable.test(candidate)) {
                continue;
            }
            long connections = RelativeLoad.connections(candidate);
            int order = best == null
                    ? -1
                    : RelativeLoad.compare(connections, candidate.weight(), bestConnections, best.weight());
            if (order < 0) {
                best = candidate;
                bestConnections = connections;
                tiedWeight = candidate.weight();
            } else if (order == 0) {
                tiedWeight += candidate.weight();
                if (random.nextInt(tiedWeight) < candidate.weight()) {
                    best = candidate;
                    bestConnections = connections;
                }
            }
        }
        return best;
    }
}
