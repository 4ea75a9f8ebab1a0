package io.hawser.balance;

import io.hawser.pool.BackendView;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the candidates in turn, heavier ones more often and evenly spread, in the order that nginx's smooth weighted
 * round robin gives.
 *
 * <p>One round is worked out beforehand, so that all event loops share no more than a cursor. A round of more than
 * {@value #LONGEST_ROUND} turns is scaled down to about that many; every candidate keeps one turn at least.
 */
final class RoundRobin implements Balancer {

    static final int LONGEST_ROUND = 8192;

    private final List<BackendView> candidates;
    /** One round, as indexes into {@link #candidates}. */
    private final int[] round;

    private final AtomicInteger cursor;

    RoundRobin(List<BackendView> candidates, RandomGenerator random) {
        this.candidates = List.copyOf(candidates);
        this.round = round(turns(this.candidates));
        this.cursor = new AtomicInteger(round.length == 0 ? 0 : random.nextInt(round.length));
    }

    /** How many turns of a round each candidate has. */
    private static int[] turns(List<BackendView> candidates) {
        int divisor = 0;
        long sum = 0;
        for (BackendView candidate : candidates) {
            divisor = greatestCommonDivisor(candidate.weight(), divisor);
            sum += candidate.weight();
        }
        int[] turns = new int[candidates.size()];
        for (int i = 0; i < turns.length; i++) {
            int weight = candidates.get(i).weight();
            turns[i] = sum / divisor <= LONGEST_ROUND
                    ? weight / divisor
                    : (int) Math.max(1, (weight * (long) LONGEST_ROUND + sum / 2) / sum);
        }
        return turns;
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }

    /** Each turn goes to the candidate with the most credit, which then pays for the whole round. */
    private static int[] round(int[] turns) {
        int length = 0;
        for (int turn : turns) {
            length += turn;
        }
        int[] round = new int[length];
        int[] credit = new int[turns.length];
        for (int turn = 0; turn < length; turn++) {
            int best = 0;
            for (int i = 0; i < turns.length; i++) {
                credit[i] += turns[i];
                if (credit[i] > credit[best]) {
                    best = i;
                }
            }
            credit[best] -= length;
            round[turn] = best;
        }
        return round;
    }

    @Override
    public List<BackendView> candidates() {
        return candidates;
    }

    @Override
    public @Nullable BackendView choose(long hash, Predicate<BackendView> usable, RandomGenerator random) {
        if (round.length == 0) {
            return null;
        }
        // A turn whose candidate isn't usable is passed on for good, so that the next connection doesn't find it again.
        int attempts = Math.min(round.length, 2 * candidates.size());
        int index = 0;
        for (int i = 0; i < attempts; i++) {
            index = round[nextTurn()];
            if (usable.test(candidates.get(index))) {
                return candidates.get(index);
            }
        }
        // The usable ones are light and their turns far away, or other threads took them.
        for (int i = 1; i <= candidates.size(); i++) {
            BackendView candidate = candidates.get((index + i) % candidates.size());
            if (usable.test(candidate)) {
                return candidate;
            }
        }
        return null;
    }

    private int nextTurn() {
        int turn = cursor.get();
        while (!cursor.compareAndSet(turn, turn + 1 == round.length ? 0 : turn + 1)) {
            turn = cursor.get();
        }
        return turn;
    }
}
