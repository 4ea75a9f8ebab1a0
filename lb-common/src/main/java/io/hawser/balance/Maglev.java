package io.hawser.balance;

import io.hawser.hash.Hash64;
import io.hawser.pool.BackendView;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Chooses by the client's hash from Maglev's table (Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load
 * Balancer", NSDI 2016, section 3.4): when a backend comes or goes, few clients of the others move.
 *
 * <p>The table follows from the candidates' ids and weights alone, so nodes that see the same candidates choose alike
 * without asking each other. Its size never depends on how many candidates there are: a size that did would move
 * nearly every client whenever the number crossed a threshold.
 */
final class Maglev implements Balancer {

    /**
     * A prime, so that every step walks through the whole table; 128 KiB of chars. A candidate has at most one place more
     * than its weight says, and w/h of a place, of its weight w and the heaviest one's h, since the table may be full
     * before all had their turn in the last round; and of n candidates at most n/{@value} and one place less. Equal shares
     * are exact to 1 % up to 655 candidates.
     */
    static final int TABLE_SIZE = 65_537;

    private static final long OFFSET_SEED = 0;
    private static final long STEP_SEED = 0x6861777365720001L;

    /** How often another place of the table is tried before the candidates are walked one by one. */
    private static final int PROBES = 32;

    /** In the order of their ids, so that the order of the configuration doesn't matter. */
    private final List<BackendView> candidates;
    /** Indexes into {@link #candidates}. */
    private final char[] table;

    Maglev(List<BackendView> candidates) {
        this.candidates = candidates.stream()
                .sorted(Comparator.comparing(candidate -> candidate.backend().id()))
                .toList();
        this.table = this.candidates.isEmpty() ? new char[0] : fill(this.candidates);
    }

    private static char[] fill(List<BackendView> candidates) {
        int count = candidates.size();
        int[] next = new int[count];
        int[] step = new int[count];
        int[] credit = new int[count];
        int heaviest = 1;
        for (BackendView candidate : candidates) {
            heaviest = Math.max(heaviest, candidate.weight());
        }
        for (int i = 0; i < count; i++) {
            String id = candidates.get(i).backend().id();
            next[i] = (int) Long.remainderUnsigned(Hash64.of(id, OFFSET_SEED), TABLE_SIZE);
            step[i] = (int) Long.remainderUnsigned(Hash64.of(id, STEP_SEED), TABLE_SIZE - 1) + 1;
            // All take a place in the first round: the lightest must not come away empty-handed.
            credit[i] = heaviest - candidates.get(i).weight();
        }
        char[] table = new char[TABLE_SIZE];
        boolean[] taken = new boolean[TABLE_SIZE];
        int left = TABLE_SIZE;
        while (left > 0) {
            for (int i = 0; i < count && left > 0; i++) {
                credit[i] += candidates.get(i).weight();
                if (credit[i] < heaviest) {
                    continue;
                }
                credit[i] -= heaviest;
                int place = next[i];
                while (taken[place]) {
                    place = (place + step[i]) % TABLE_SIZE;
                }
                taken[place] = true;
                table[place] = (char) i;
                next[i] = (place + step[i]) % TABLE_SIZE;
                left--;
            }
        }
        return table;
    }

    @Override
    public List<BackendView> candidates() {
        return candidates;
    }

    @Override
    public @Nullable BackendView choose(long hash, Predicate<BackendView> usable, RandomGenerator random) {
        if (table.length == 0) {
            return null;
        }
        long mixed = Hash64.mix(hash);
        int index = table[place(mixed)];
        BackendView chosen = candidates.get(index);
        if (usable.test(chosen)) {
            return chosen;
        }
        for (int i = 0; i < PROBES; i++) {
            mixed = Hash64.mix(mixed);
            index = table[place(mixed)];
            chosen = candidates.get(index);
            if (usable.test(chosen)) {
                return chosen;
            }
        }
        for (int i = 1; i < candidates.size(); i++) {
            chosen = candidates.get((index + i) % candidates.size());
            if (usable.test(chosen)) {
                return chosen;
            }
        }
        return null;
    }

    private static int place(long mixed) {
        return (int) Long.remainderUnsigned(mixed, TABLE_SIZE);
    }

    /** How many places of the table each candidate has, in the order of {@link #candidates()}. */
    int[] places() {
        int[] places = new int[candidates.size()];
        for (char index : table) {
            places[index]++;
        }
        return places;
    }

    @Override
    public String toString() {
        return "Maglev" + Arrays.toString(places());
    }
}
