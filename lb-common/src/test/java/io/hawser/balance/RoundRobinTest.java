package io.hawser.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.pool.BackendView;
import io.hawser.pool.TestBackends;
import io.hawser.testing.Seeds;
import io.hawser.testing.Threads;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class RoundRobinTest {

    /** Draws 0 always: the first turn is the first of the round. */
    private static final RandomGenerator FIRST = () -> 0;

    @Test
    void spreadsTurnsAsNginxDoes() {
        assertThat(turns(of(5, 1, 1), 7)).containsExactly("b0", "b0", "b1", "b0", "b2", "b0", "b0");
        assertThat(turns(of(100, 100, 100), 4)).containsExactly("b0", "b1", "b2", "b0");
        assertThat(turns(of(20, 10), 6)).containsExactly("b0", "b1", "b0", "b0", "b1", "b0");
    }

    @Test
    void givesEachExactlyItsWeightInEveryRound() {
        Seeds.rounds(100, random -> {
            int divisor = 1 + random.nextInt(5);
            int[] weights = random.ints(1 + random.nextInt(20), 1, 200)
                    .map(weight -> weight * divisor)
                    .toArray();
            RoundRobin balancer = new RoundRobin(candidates(weights), random);
            int greatest = IntStream.of(weights).reduce(0, RoundRobinTest::greatestCommonDivisor);
            // A round begins wherever one looks.
            turns(balancer, random.nextInt(100));
            Map<String, Integer> counts =
                    count(turns(balancer, IntStream.of(weights).sum() / greatest));
            for (int i = 0; i < weights.length; i++) {
                assertThat(counts.get("b" + i)).isEqualTo(weights[i] / greatest);
            }
        });
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }

    /** No run of turns is long, and no wait: each has, at any time, about what it should. */
    @Test
    void keepsEachNearItsShareAtAnyTime() {
        Seeds.rounds(50, random -> {
            int[] weights = random.ints(2 + random.nextInt(10), 1, 100).toArray();
            double sum = IntStream.of(weights).sum();
            List<String> turns = turns(of(weights), (int) sum);
            int[] counts = new int[weights.length];
            for (int turn = 1; turn <= turns.size(); turn++) {
                counts[Integer.parseInt(turns.get(turn - 1).substring(1))]++;
                for (int i = 0; i < weights.length; i++) {
                    assertThat(counts[i] - turn * weights[i] / sum).isBetween(-4.0, 4.0);
                }
            }
        });
    }

    @Test
    void scalesLongRoundsDown() {
        Seeds.rounds(20, random -> {
            int[] weights = random.ints(30, 1, 1001).toArray();
            weights[0] = 1;
            weights[1] = 997;
            double sum = IntStream.of(weights).sum();
            Map<String, Integer> counts = count(turns(of(weights), RoundRobin.LONGEST_ROUND));
            for (int i = 0; i < weights.length; i++) {
                double share = RoundRobin.LONGEST_ROUND * weights[i] / sum;
                assertThat((double) counts.getOrDefault("b" + i, 0)).isBetween(share - 3, share + 3);
            }
            assertThat(counts).as("the lightest keeps a turn").containsKey("b0");
        });
    }

    @Test
    void beginsAnywhere() {
        assertThat(Stream.generate(() -> new RoundRobin(candidates(1, 1, 1, 1), RandomGenerator.getDefault()))
                        .limit(200)
                        .map(balancer -> turns(balancer, 1).get(0)))
                .contains("b0", "b1", "b2", "b3");
    }

    /** The turn of an unusable one is passed on once, so that those after it don't get its share over and over. */
    @Test
    void passesOnTheTurnsOfUnusableOnes() {
        RoundRobin balancer = of(1, 1, 1);
        Predicate<BackendView> usable = view -> !view.backend().id().equals("b1");
        assertThat(turns(balancer, 4, usable)).containsExactly("b0", "b2", "b0", "b2");
    }

    @Test
    void findsTheLightOneWhoseTurnIsFarAway() {
        RoundRobin balancer = of(1000, 1, 1000);
        Predicate<BackendView> usable = view -> view.backend().id().equals("b1");
        assertThat(turns(balancer, 3, usable)).containsOnly("b1");
        assertThat(balancer.choose(0, view -> false, FIRST)).isNull();
    }

    @Test
    void countsTurnsOfAllThreadsTogether() throws Exception {
        RoundRobin balancer = of(3, 2, 1);
        List<List<String>> turns = Threads.run(4, number -> () -> turns(balancer, 6 * 1000));
        assertThat(count(turns.stream().flatMap(List::stream).toList()))
                .isEqualTo(Map.of("b0", 12_000, "b1", 8_000, "b2", 4_000));
    }

    private static RoundRobin of(int... weights) {
        return new RoundRobin(candidates(weights), FIRST);
    }

    private static List<BackendView> candidates(int... weights) {
        return IntStream.range(0, weights.length)
                .mapToObj(i -> TestBackends.up("b" + i, weights[i]))
                .toList();
    }

    private static List<String> turns(RoundRobin balancer, int count) {
        return turns(balancer, count, usable -> true);
    }

    private static List<String> turns(RoundRobin balancer, int count, Predicate<BackendView> usable) {
        List<String> turns = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            BackendView chosen = balancer.choose(0, usable, FIRST);
            turns.add(chosen == null ? "none" : chosen.backend().id());
        }
        return turns;
    }

    private static Map<String, Integer> count(List<String> turns) {
        Map<String, Integer> counts = new HashMap<>();
        turns.forEach(id -> counts.merge(id, 1, Integer::sum));
        return counts;
    }
}
