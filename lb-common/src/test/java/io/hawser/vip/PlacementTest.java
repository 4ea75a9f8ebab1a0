package io.hawser.vip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.testing.Seeds;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PlacementTest {

    private static final long DELAY = 60;

    @Test
    void prefersInTheOrderGiven() {
        PlacementRule web = prefers("web", false, "lb1", "lb2");
        assertThat(place(List.of(web), List.of(node("lb3"), node("lb2"), node("lb1")), Map.of()))
                .containsEntry("web", "lb1");
        assertThat(place(List.of(web), List.of(node("lb3"), node("lb2")), Map.of()))
                .containsEntry("web", "lb2");
        assertThat(place(List.of(web), List.of(node("lb3")), Map.of()))
                .as("a node it doesn't prefer is better than none")
                .containsEntry("web", "lb3");
    }

    @Test
    void asksOnlyCandidates() {
        PlacementRule web = prefers("web", true, "lb1", "lb2", "lb3");
        NodeView unready = new NodeView("lb1", -1, false, Set.of("web"));
        NodeView draining = new NodeView("lb2", 100, true, Set.of("web"));
        NodeView deaf = new NodeView("lb3", 100, false, Set.of("mail"));
        assertThat(place(List.of(web), List.of(unready, draining, deaf), Map.of("web", "lb1")))
                .isEmpty();
        assertThat(place(List.of(web), List.of(unready, draining, deaf, node("lb4")), Map.of("web", "lb2")))
                .containsEntry("web", "lb4");
    }

    @Test
    void leavesAHealthyOwnerOnlyForOneThatIsPreferredAndHasSettled() {
        List<NodeView> nodes = List.of(new NodeView("lb1", DELAY, false, Set.of("web")), node("lb2"));
        assertThat(place(List.of(prefers("web", false, "lb1", "lb2")), nodes, Map.of("web", "lb2")))
                .containsEntry("web", "lb2");
        assertThat(place(List.of(prefers("web", true, "lb1", "lb2")), nodes, Map.of("web", "lb2")))
                .containsEntry("web", "lb1");
        List<NodeView> early = List.of(new NodeView("lb1", DELAY - 1, false, Set.of("web")), node("lb2"));
        assertThat(place(List.of(prefers("web", true, "lb1", "lb2")), early, Map.of("web", "lb2")))
                .containsEntry("web", "lb2");
        assertThat(place(List.of(prefers("web", true, "lb2", "lb1")), nodes, Map.of("web", "lb2")))
                .containsEntry("web", "lb2");
    }

    @Test
    void takesTheSecondBestWhileTheBestHasNotSettled() {
        List<NodeView> nodes = List.of(new NodeView("lb1", 0, false, Set.of("web")), node("lb2"), node("lb3"));
        assertThat(place(List.of(prefers("web", true, "lb1", "lb2", "lb3")), nodes, Map.of("web", "lb3")))
                .containsEntry("web", "lb2");
    }

    @Test
    void goesWhereAnOperatorMovedIt() {
        PlacementRule moved = new PlacementRule("web", List.of("lb1"), true, DELAY, "lb2");
        assertThat(place(List.of(moved), List.of(node("lb1"), node("lb2")), Map.of("web", "lb1")))
                .containsEntry("web", "lb2");
        assertThat(place(List.of(moved), List.of(node("lb1")), Map.of("web", "lb2")))
                .as("that node is gone")
                .containsEntry("web", "lb1");
    }

    @Test
    void spreadsEvenly() {
        List<PlacementRule> rules =
                IntStream.range(0, 7).mapToObj(i -> prefers("vip" + i, false)).toList();
        List<NodeView> nodes = List.of(all("lb1", rules), all("lb2", rules), all("lb3", rules));
        IntSummaryStatistics loads = loads(nodes, place(rules, nodes, Map.of()));
        assertThat(loads.getMin()).isEqualTo(2);
        assertThat(loads.getMax()).isEqualTo(3);
    }

    @Test
    void evensOutOnlyWhatMayBePreempted() {
        List<PlacementRule> fixed = List.of(prefers("a", false), prefers("b", false), prefers("c", false));
        List<PlacementRule> free = List.of(prefers("a", true), prefers("b", true), prefers("c", true));
        List<NodeView> nodes = List.of(all("lb1", fixed), all("lb2", fixed));
        Map<String, String> owners = Map.of("a", "lb1", "b", "lb1", "c", "lb1");
        assertThat(place(fixed, nodes, owners)).isEqualTo(owners);
        Map<String, String> evened = place(free, nodes, owners);
        assertThat(moves(owners, evened)).isEqualTo(1);
        assertThat(loads(nodes, evened).getMax()).isEqualTo(2);
    }

    @Test
    void refusesANegativeDelay() {
        assertThatThrownBy(() -> new PlacementRule("web", List.of(), true, -1, null))
                .hasMessageContaining("negative");
    }

    @Test
    void putsEachVipOnACandidateAndLeavesNoneWithoutNeed() {
        Seeds.rounds(3000, random -> {
            Cluster cluster = new Cluster(random);
            Map<String, String> placed = cluster.place();
            for (PlacementRule rule : cluster.rules) {
                String node = placed.get(rule.vip());
                Set<String> candidates = cluster.candidates(rule.vip());
                if (candidates.isEmpty()) {
                    assertThat(node).isNull();
                } else {
                    assertThat(node).isIn(candidates);
                }
            }
        });
    }

    @Test
    void movesNothingWithoutAReason() {
        Seeds.rounds(3000, random -> {
            Cluster cluster = new Cluster(random);
            Map<String, String> placed = cluster.place();
            for (PlacementRule rule : cluster.rules) {
                String owner = cluster.owners.get(rule.vip());
                boolean wanted =
                        rule.movedTo() != null && cluster.candidates(rule.vip()).contains(rule.movedTo());
                if (!rule.preempt() && !wanted && cluster.candidates(rule.vip()).contains(owner)) {
                    assertThat(placed).containsEntry(rule.vip(), owner);
                }
            }
        });
    }

    @Test
    void staysAsItSaidAndAsksNobodyTheOrder() {
        Seeds.rounds(3000, random -> {
            Cluster cluster = new Cluster(random);
            Map<String, String> placed = cluster.place();
            Collections.shuffle(cluster.rules, random);
            Collections.shuffle(cluster.nodes, random);
            assertThat(cluster.place()).isEqualTo(placed);
            cluster.owners.clear();
            cluster.owners.putAll(placed);
            assertThat(cluster.place()).isEqualTo(placed);
        });
    }

    @Test
    void movesOnlyTheVipsOfANodeThatDies() {
        Seeds.rounds(1000, random -> {
            List<PlacementRule> rules = new ArrayList<>();
            int vips = 1 + random.nextInt(20);
            for (int i = 0; i < vips; i++) {
                rules.add(prefers("vip" + i, false));
            }
            List<NodeView> nodes = new ArrayList<>();
            int count = 2 + random.nextInt(5);
            for (int i = 0; i < count; i++) {
                nodes.add(all("lb" + i, rules));
            }
            Map<String, String> before = place(rules, nodes, Map.of());
            NodeView dead = nodes.remove(random.nextInt(count));
            Map<String, String> after = place(rules, nodes, before);
            for (Map.Entry<String, String> entry : before.entrySet()) {
                if (!entry.getValue().equals(dead.id())) {
                    assertThat(after).contains(entry);
                }
            }
            IntSummaryStatistics loads = loads(nodes, after);
            assertThat(loads.getMax() - loads.getMin()).as("evenly again").isLessThanOrEqualTo(1);
        });
    }

    /** Nodes, rules and owners drawn by chance. */
    private static final class Cluster {

        private final List<PlacementRule> rules = new ArrayList<>();
        private final List<NodeView> nodes = new ArrayList<>();
        private final Map<String, String> owners = new HashMap<>();

        Cluster(Random random) {
            List<String> ids = new ArrayList<>(List.of("lb1", "lb2", "lb3", "lb4", "lb5"));
            int vips = random.nextInt(7);
            for (int i = 0; i < vips; i++) {
                Collections.shuffle(ids, random);
                String vip = "vip" + i;
                rules.add(new PlacementRule(
                        vip,
                        ids.subList(0, random.nextInt(4)),
                        random.nextBoolean(),
                        DELAY,
                        random.nextInt(4) == 0 ? ids.get(4) : null));
                if (random.nextBoolean()) {
                    owners.put(vip, ids.get(random.nextInt(5)));
                }
            }
            Collections.shuffle(ids, random);
            for (String id : ids.subList(0, random.nextInt(6))) {
                Set<String> serves = new HashSet<>();
                rules.stream()
                        .map(PlacementRule::vip)
                        .filter(vip -> random.nextInt(4) > 0)
                        .forEach(serves::add);
                nodes.add(new NodeView(id, random.nextInt(120) - 10, random.nextInt(5) == 0, serves));
            }
        }

        Map<String, String> place() {
            return PlacementTest.place(rules, nodes, owners);
        }

        Set<String> candidates(String vip) {
            Set<String> candidates = new HashSet<>();
            nodes.stream()
                    .filter(node -> node.isCandidate(vip))
                    .map(NodeView::id)
                    .forEach(candidates::add);
            return candidates;
        }
    }

    private static Map<String, String> place(
            Collection<PlacementRule> rules, Collection<NodeView> nodes, Map<String, String> owners) {
        return Placement.place(rules, nodes, owners);
    }

    private static PlacementRule prefers(String vip, boolean preempt, String... nodes) {
        return new PlacementRule(vip, List.of(nodes), preempt, DELAY, null);
    }

    private static NodeView node(String id) {
        return new NodeView(id, 1000, false, Set.of("web"));
    }

    private static NodeView all(String id, List<PlacementRule> rules) {
        Set<String> serves = new HashSet<>();
        rules.forEach(rule -> serves.add(rule.vip()));
        return new NodeView(id, 1000, false, serves);
    }

    private static IntSummaryStatistics loads(List<NodeView> nodes, Map<String, String> placed) {
        return nodes.stream()
                .mapToInt(node -> Collections.frequency(placed.values(), node.id()))
                .summaryStatistics();
    }

    private static long moves(Map<String, String> before, Map<String, String> after) {
        return before.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(after.get(entry.getKey())))
                .count();
    }
}
