package io.hawser.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.pool.BackendView;
import io.hawser.pool.TestBackends;
import io.hawser.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LeastConnectionsTest {

    private final Random random = new Random(42);

    @Test
    void choosesTheOneWithTheFewest() {
        assertThat(choices(busy(100, 5), busy(100, 3), busy(100, 4))).containsExactly("b1");
    }

    /** One connection more would be 7/100, 13/200 and 4/50: the second has least to do for its weight. */
    @Test
    void weighsThem() {
        assertThat(choices(busy(100, 6), busy(200, 12), busy(50, 3))).containsExactly("b1");
    }

    @Test
    void prefersAnIdleOneWhateverItsWeight() {
        assertThat(choices(busy(1000, 1), busy(1, 0), busy(1000, 2))).containsExactly("b1");
    }

    @Test
    void choosesAmongEqualsByChance() {
        assertThat(choices(busy(100, 1), busy(200, 3), busy(100, 7))).containsExactly("b0", "b1");
        assertThat(choices(busy(10, 0), busy(100, 0), busy(30, 0))).containsExactly("b0", "b1", "b2");
    }

    @Test
    void choosesTheLeastBusyOfThoseThatAreUsable() {
        List<BackendView> candidates = candidates(busy(100, 0), busy(100, 9), busy(100, 8));
        BackendView chosen = new LeastConnections(candidates)
                .choose(0, view -> !view.backend().id().equals("b0"), random);
        assertThat(chosen).isSameAs(candidates.get(2));
    }

    /** Connections that stay spread themselves by weight, to within one for each. */
    @Test
    void keepsConnectionsInProportionToTheWeights() {
        Seeds.rounds(30, seeded -> {
            int[][] idle = IntStream.range(0, seeded.nextInt(2, 12))
                    .mapToObj(i -> busy(1 + seeded.nextInt(100), 0))
                    .toArray(int[][]::new);
            List<BackendView> candidates = candidates(idle);
            LeastConnections balancer = new LeastConnections(candidates);
            double weights = candidates.stream().mapToInt(BackendView::weight).sum();
            int connections = 3000;
            for (int i = 0; i < connections; i++) {
                BackendView chosen = balancer.choose(0, usable -> true, seeded);
                assertThat(chosen).isNotNull();
                chosen.load().tryAcquire(0);
            }
            for (BackendView candidate : candidates) {
                double share = connections * candidate.weight() / weights;
                assertThat((double) candidate.load().connections()).isBetween(share - 8, share + 8);
            }
        });
    }

    /** Ids of all that are chosen in a thousand choices. */
    private Set<String> choices(int[]... backends) {
        LeastConnections balancer = new LeastConnections(candidates(backends));
        Set<String> chosen = new TreeSet<>();
        for (int i = 0; i < 1000; i++) {
            BackendView view = balancer.choose(0, usable -> true, random);
            chosen.add(view == null ? "none" : view.backend().id());
        }
        return chosen;
    }

    private static int[] busy(int weight, int connections) {
        return new int[] {weight, connections};
    }

    private static List<BackendView> candidates(int[]... backends) {
        List<BackendView> candidates = new ArrayList<>();
        for (int[] backend : backends) {
            BackendView view = TestBackends.up("b" + candidates.size(), backend[0]);
            TestBackends.open(view, backend[1]);
            candidates.add(view);
        }
        return candidates;
    }
}
