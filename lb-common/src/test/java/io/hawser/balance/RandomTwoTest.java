package io.hawser.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.pool.BackendView;
import io.hawser.pool.TestBackends;
import io.hawser.testing.Seeds;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class RandomTwoTest {

    @Test
    void choosesTheLessBusyOfTwo() {
        BackendView busy = TestBackends.up("busy", 100);
        BackendView busier = TestBackends.up("busier", 100);
        TestBackends.open(busy, 5);
        TestBackends.open(busier, 6);
        assertThat(draw(List.of(busier, busy), usable -> true)).containsOnlyKeys("busy");
        // Twice the weight, and less than twice the connections: now it is the less busy one.
        BackendView heavy = TestBackends.up("heavy", 200);
        TestBackends.open(heavy, 10);
        assertThat(draw(List.of(heavy, busy), usable -> true)).containsOnlyKeys("heavy");
    }

    /** Of three the busiest is never chosen: whichever second is drawn, it is less busy. */
    @Test
    void neverChoosesTheBusiest() {
        List<BackendView> candidates =
                List.of(TestBackends.up("a", 10), TestBackends.up("b", 20), TestBackends.up("busiest", 1000));
        TestBackends.open(candidates.get(2), 2000);
        TestBackends.open(candidates.get(0), 1);
        assertThat(draw(candidates, usable -> true)).containsOnlyKeys("a", "b");
    }

    @Test
    void takesTheOnlyUsableOneHoweverBusyAndLight() {
        List<BackendView> candidates = List.of(TestBackends.up("heavy", 1000), TestBackends.up("light", 1));
        TestBackends.open(candidates.get(1), 100);
        assertThat(draw(candidates, view -> view.equals(candidates.get(1)))).containsOnlyKeys("light");
        assertThat(draw(List.of(candidates.get(1)), usable -> true)).containsOnlyKeys("light");
    }

    /** The power of two choices: connections that stay are spread far more evenly than by chance alone. */
    @Test
    void keepsConnectionsNearlyEven() {
        Seeds.rounds(10, random -> {
            List<BackendView> candidates = IntStream.range(0, 20)
                    .mapToObj(i -> TestBackends.up("b" + i, 100))
                    .toList();
            RandomTwo balancer = new RandomTwo(candidates);
            for (int i = 0; i < 2000; i++) {
                BackendView chosen = balancer.choose(0, usable -> true, random);
                assertThat(chosen).isNotNull();
                chosen.load().tryAcquire(0);
            }
            // By chance alone the fullest of 20 would have some 120 and the emptiest 80.
            assertThat(candidates)
                    .allSatisfy(view -> assertThat(view.load().connections()).isBetween(90, 110));
        });
    }

    private static Map<String, Integer> draw(List<BackendView> candidates, Predicate<BackendView> usable) {
        RandomTwo balancer = new RandomTwo(candidates);
        Random random = new Random(42);
        Map<String, Integer> draws = new HashMap<>();
        for (int i = 0; i < 1000; i++) {
            BackendView chosen = balancer.choose(0, usable, random);
            draws.merge(chosen == null ? "none" : chosen.backend().id(), 1, Integer::sum);
        }
        return draws;
    }
}
