package io.hawser.balance;

import io.hawser.pool.BackendView;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Builds balancers. */
public final class Balancers {

    /** The most backends that one balancer chooses among: as many as Maglev's table can number. */
    public static final int MAX_CANDIDATES = Character.MAX_VALUE + 1;

    private Balancers() {}

    /**
     * A balancer over the candidates; may take milliseconds, so not for an event loop.
     *
     * @param algorithm how it chooses
     * @param candidates with a weight above 0 and different ids, at most {@link #MAX_CANDIDATES}; may be empty, then nothing is ever chosen
     * @param random where a balancer that goes in turn starts: a pool that is rebuilt often, or on many nodes at once,
     *     must not favour whoever comes first; not used by Maglev
     */
    public static Balancer of(Algorithm algorithm, List<BackendView> candidates, RandomGenerator random) {
        if (candidates.size() > MAX_CANDIDATES) {
            throw new IllegalArgumentException(
                    candidates.size() + " backends are more than a pool can have, which are " + MAX_CANDIDATES);
        }
        Set<String> ids = new HashSet<>();
        for (BackendView candidate : candidates) {
            if (candidate.weight() <= 0) {
                throw new IllegalArgumentException("backend "
                        + candidate.backend().id() + " has the weight " + candidate.weight() + ", not above 0");
            }
            if (!ids.add(candidate.backend().id())) {
                throw new IllegalArgumentException(
                        "two backends have the id " + candidate.backend().id());
            }
        }
        return switch (algorithm) {
            case MAGLEV -> new Maglev(candidates);
            case LEAST_CONNECTIONS -> new LeastConnections(candidates);
            case ROUND_ROBIN -> new RoundRobin(candidates, random);
            case RANDOM_TWO -> new RandomTwo(candidates);
        };
    }
}
