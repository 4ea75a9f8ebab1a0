package io.hawser.balance;

import io.hawser.pool.BackendView;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses a backend for a connection that nothing ties to one.
 *
 * <p>Built for one list of eligible backends and never changed after: when the pool changes, a new one is built off
 * the event loops. Safe from any thread.
 */
public interface Balancer {

    /** The backends among which this balancer chooses, all with a weight above 0. */
    List<BackendView> candidates();

    /**
     * Chooses one candidate.
     *
     * @param hash of whatever identifies the client; equal hashes give equal answers where the algorithm hashes
     * @param usable false for candidates that must not be chosen now (full, or tried already)
     * @param random where the algorithm or a tie needs chance
     * @return null only when no candidate is usable
     */
    @Nullable BackendView choose(long hash, Predicate<BackendView> usable, RandomGenerator random);
}
