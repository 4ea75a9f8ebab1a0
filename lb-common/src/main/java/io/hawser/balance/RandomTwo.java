package io.hawser.balance;

import io.hawser.pool.BackendView;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Draws two candidates by chance, in proportion to their weights, and chooses the one with fewer connections for its
 * weight (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001).
 *
 * <p>Nearly as even as the fewest connections at a cost that doesn't grow with the backends, and without the rush of
 * all nodes to the one that has just come up.
 */
final class RandomTwo implements Balancer {

    /** How often an unusable candidate, or the first one again, is drawn before all candidates are looked at. */
    private static final int DRAWS = 8;

    private static final int NONE = -1;

    private final List<BackendView> candidates;
    /** The sum of the weights up to and with each candidate. */
    private final int[] sums;

    RandomTwo(List<BackendView> candidates) {
        this.candidates = List.copyOf(candidates);
        this.sums = new int[candidates.size()];
        int sum = 0;
        for (int i = 0; i < sums.length; i++) {
            sum = Math.addExact(sum, candidates.get(i).weight());
            sums[i] = sum;
        }
    }

    @Override
    public List<BackendView> candidates() {
        return candidates;
    }

    @Override
    public @Nullable BackendView choose(long hash, Predicate<BackendView> usable, RandomGenerator random) {
        if (sums.length == 0) {
            return null;
        }
        int first = draw(NONE, usable, random);
        if (first == NONE) {
            return null;
        }
        int second = sums.length == 1 ? NONE : draw(first, usable, random);
        if (second == NONE) {
            return candidates.get(first);
        }
        BackendView a = candidates.get(first);
        BackendView b = candidates.get(second);
        return RelativeLoad.compare(RelativeLoad.connections(a), a.weight(), RelativeLoad.connections(b), b.weight())
                        <= 0
                ? a
                : b;
    }

    /** A usable candidate other than the one given, or none. */
    private int draw(int other, Predicate<BackendView> usable, RandomGenerator random) {
        for (int i = 0; i < DRAWS; i++) {
            int index = weighted(random);
            if (index != other && usable.test(candidates.get(index))) {
                return index;
            }
        }
        int drawn = NONE;
        int sum = 0;
        for (int index = 0; index < sums.length; index++) {
            BackendView candidate = candidates.get(index);
            if (index != other && usable.test(candidate)) {
                sum += candidate.weight();
                if (random.nextInt(sum) < candidate.weight()) {
                    drawn = index;
                }
            }
        }
        return drawn;
    }

    private int weighted(RandomGenerator random) {
        int found = Arrays.binarySearch(sums, random.nextInt(sums[sums.length - 1]));
        // A sum that is drawn exactly belongs to the next candidate: each owns from the sum before it up to below its
        // own.
        return found >= 0 ? found + 1 : -found - 1;
    }
}
