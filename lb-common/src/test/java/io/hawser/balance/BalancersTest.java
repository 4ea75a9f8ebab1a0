package io.hawser.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.pool.BackendView;
import io.hawser.pool.TestBackends;
import io.hawser.testing.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for every algorithm. */
final class BalancersTest {

    private static final int DRAWS = 20_000;

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void choosesOnlyUsableCandidatesAndAlwaysOneIfThereIsOne(Algorithm algorithm) {
        Seeds.rounds(60, random -> {
            List<BackendView> candidates = candidates(random, random.nextInt(1, 60));
            Balancer balancer = Balancers.of(algorithm, candidates, random);
            assertThat(balancer.candidates()).containsExactlyInAnyOrderElementsOf(candidates);
            for (int i = 0; i < 20; i++) {
                Set<BackendView> usable = some(candidates, random);
                BackendView chosen = balancer.choose(random.nextLong(), usable::contains, random);
                if (usable.isEmpty()) {
                    assertThat(chosen).isNull();
                } else {
                    assertThat(chosen).isIn(usable);
                }
            }
        });
    }

    /** Some, few, one or none: the fewer are usable, the longer a balancer has to look. */
    private static Set<BackendView> some(List<BackendView> candidates, Random random) {
        double share = random.nextInt(3) / 4.0;
        Set<BackendView> usable = new HashSet<>();
        candidates.stream().filter(c -> random.nextDouble() < share).forEach(usable::add);
        if (random.nextInt(3) == 0) {
            usable.clear();
            usable.add(candidates.get(random.nextInt(candidates.size())));
        }
        return usable;
    }

    private static List<BackendView> candidates(Random random, int count) {
        List<BackendView> candidates = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            BackendView candidate = TestBackends.up("b" + i, 1 + random.nextInt(random.nextBoolean() ? 5 : 1000));
            TestBackends.open(candidate, random.nextInt(4));
            candidates.add(candidate);
        }
        return candidates;
    }

    /** Of idle backends, and of those that are busy in proportion, each gets its weight's share. */
    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void sharesByWeight(Algorithm algorithm) {
        Seeds.rounds(3, random -> {
            List<BackendView> candidates =
                    List.of(TestBackends.up("light", 10), TestBackends.up("middle", 30), TestBackends.up("heavy", 60));
            Balancer balancer = Balancers.of(algorithm, candidates, random);
            assertShares(draw(balancer, random, Set.of()), Map.of("light", 0.1, "middle", 0.3, "heavy", 0.6));
        });
    }

    /** What an unusable one would have got goes to the others by their weights, not to its neighbour. */
    @ParameterizedTest
    @EnumSource(
            value = Algorithm.class,
            names = {"MAGLEV", "LEAST_CONNECTIONS", "RANDOM_TWO"})
    void sharesByWeightWhatAnUnusableOneLeaves(Algorithm algorithm) {
        Seeds.rounds(3, random -> {
            List<BackendView> candidates =
                    List.of(TestBackends.up("light", 10), TestBackends.up("gone", 100), TestBackends.up("heavy", 30));
            Balancer balancer = Balancers.of(algorithm, candidates, random);
            assertShares(draw(balancer, random, Set.of("gone")), Map.of("light", 0.25, "heavy", 0.75));
        });
    }

    private static Map<String, Integer> draw(Balancer balancer, Random random, Set<String> unusable) {
        Map<String, Integer> draws = new HashMap<>();
        for (int i = 0; i < DRAWS; i++) {
            BackendView chosen = balancer.choose(
                    random.nextLong(), view -> !unusable.contains(view.backend().id()), random);
            assertThat(chosen).isNotNull();
            draws.merge(chosen.backend().id(), 1, Integer::sum);
        }
        return draws;
    }

    /** Within eight standard deviations: by chance once in 10^15 rounds. */
    private static void assertShares(Map<String, Integer> draws, Map<String, Double> shares) {
        assertThat(draws.keySet()).isEqualTo(shares.keySet());
        shares.forEach((id, share) -> {
            double slack = 8 * Math.sqrt(DRAWS * share * (1 - share));
            assertThat(draws.get(id)).as(id).isBetween((int) (DRAWS * share - slack), (int) (DRAWS * share + slack));
        });
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void choosesNothingAmongNothing(Algorithm algorithm) {
        Balancer balancer = Balancers.of(algorithm, List.of(), new Random(1));
        assertThat(balancer.candidates()).isEmpty();
        assertThat(balancer.choose(1, view -> true, new Random(1))).isNull();
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void refusesCandidatesThatItCouldNotTellApartOrWeigh(Algorithm algorithm) {
        List<BackendView> twins = List.of(TestBackends.up("b", 1), TestBackends.up("b", 2));
        assertThatThrownBy(() -> Balancers.of(algorithm, twins, new Random(1)))
                .hasMessageContaining("two backends have the id b");
        List<BackendView> weightless = List.of(TestBackends.up("b", 0));
        assertThatThrownBy(() -> Balancers.of(algorithm, weightless, new Random(1)))
                .hasMessageContaining("weight 0");
    }

    @Test
    void choosesAmongAsManyAsItPromises() {
        List<BackendView> most = IntStream.range(0, Balancers.MAX_CANDIDATES)
                .mapToObj(i -> TestBackends.up("b" + i, 1))
                .toList();
        Maglev maglev = new Maglev(most);
        assertThat(IntStream.of(maglev.places()).min()).hasValue(1);

        List<BackendView> tooMany = new ArrayList<>(most);
        tooMany.add(TestBackends.up("one more", 1));
        assertThatThrownBy(() -> Balancers.of(Algorithm.ROUND_ROBIN, tooMany, new Random(1)))
                .hasMessageContaining("65537 backends");
    }

    @Test
    void isCalledAsTheConfigurationWritesIt() {
        assertThat(Algorithm.values())
                .extracting(Algorithm::label)
                .containsExactly("maglev", "least-connections", "round-robin", "random-two");
    }
}
