package io.hawser.vip;

import io.hawser.hash.Hash64;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which node should own which VIP.
 *
 * <p>A VIP that an operator moved stays where he wants it, while that node is a candidate. Otherwise an owner that is a
 * candidate keeps it: a move costs the clients something. Only where the rule says {@code preempt} does a VIP leave a
 * healthy owner: for a node that it prefers, or, having no preference, to even the load out; and only for a node that
 * has been ready for long enough. A VIP without an owner goes to the first candidate that it prefers, else to the one
 * that has the fewest VIPs.
 *
 * <p>The same arguments give the same answer on every node. What it answers, once done, it answers again: nothing
 * oscillates.
 */
public final class Placement {

    private final Map<String, List<NodeView>> candidates = new HashMap<>();
    private final Map<String, Integer> loads = new HashMap<>();
    private final SortedMap<String, String> placed = new TreeMap<>();

    private Placement() {}

    /**
     * Places the VIPs.
     *
     * @param rules one for each VIP
     * @param nodes the nodes that are alive, in any order
     * @param owners by VIP, the node that owns it now, where one does
     * @return by VIP, the node that should own it; a VIP for which there is no candidate is absent
     */
    public static SortedMap<String, String> place(
            Collection<PlacementRule> rules, Collection<NodeView> nodes, Map<String, String> owners) {
        return new Placement().run(rules, nodes, owners);
    }

    private SortedMap<String, String> run(
            Collection<PlacementRule> rules, Collection<NodeView> nodes, Map<String, String> owners) {
        for (NodeView node : nodes) {
            loads.put(node.id(), 0);
        }
        List<PlacementRule> left = new ArrayList<>();
        for (PlacementRule rule : rules) {
            List<NodeView> able =
                    nodes.stream().filter(node -> node.isCandidate(rule.vip())).toList();
            candidates.put(rule.vip(), able);
            NodeView kept = kept(rule, able, owners.get(rule.vip()));
            if (kept != null) {
                put(rule, kept);
            } else if (!able.isEmpty()) {
                left.add(rule);
            }
        }
        // Those with little choice first, so that those with more can make room for them.
        left.sort(Comparator.comparingInt((PlacementRule rule) -> able(rule).size())
                .thenComparing(PlacementRule::vip));
        for (PlacementRule rule : left) {
            put(rule, leastLoaded(rule, able(rule)));
        }
        evenOut(rules);
        return placed;
    }

    private List<NodeView> able(PlacementRule rule) {
        return candidates.getOrDefault(rule.vip(), List.of());
    }

    private void put(PlacementRule rule, NodeView node) {
        placed.put(rule.vip(), node.id());
        loads.merge(node.id(), 1, Integer::sum);
    }

    /** Where it goes whatever the others do; null when that is all the same to it. */
    private static @Nullable NodeView kept(PlacementRule rule, List<NodeView> able, @Nullable String owner) {
        NodeView moved = find(able, rule.movedTo());
        if (moved != null) {
            return moved;
        }
        NodeView present = find(able, owner);
        for (String wanted : rule.prefer()) {
            NodeView node = find(able, wanted);
            if (node == null) {
                continue;
            }
            if (present == null || node.equals(present)) {
                return node;
            }
            if (rule.preempt() && node.readyNanos() >= rule.preemptDelayNanos()) {
                return node;
            }
        }
        return present;
    }

    private static @Nullable NodeView find(List<NodeView> nodes, @Nullable String id) {
        for (NodeView node : nodes) {
            if (node.id().equals(id)) {
                return node;
            }
        }
        return null;
    }

    /** Ties go by a hash of both ids, so that the VIPs of a node that died spread, too. */
    private NodeView leastLoaded(PlacementRule rule, List<NodeView> able) {
        return able.stream()
                .min(Comparator.comparingInt((NodeView node) -> load(node.id()))
                        .thenComparingLong(node -> weight(rule.vip(), node.id()))
                        .thenComparing(NodeView::id))
                .orElseThrow();
    }

    private int load(String node) {
        return loads.getOrDefault(node, 0);
    }

    private static long weight(String vip, String node) {
        return Hash64.mix(Hash64.of(vip, 0), Hash64.of(node, 0));
    }

    /** Each move takes from a node that has at least two more, so that no move is ever taken back. */
    private void evenOut(Collection<PlacementRule> rules) {
        List<PlacementRule> free = rules.stream()
                .filter(rule -> rule.preempt() && isAtHomeAnywhere(rule))
                .sorted(Comparator.comparing(PlacementRule::vip))
                .toList();
        boolean moved = true;
        while (moved) {
            moved = false;
            for (PlacementRule rule : free) {
                String from = placed.get(rule.vip());
                List<NodeView> settled = able(rule).stream()
                        .filter(node -> node.readyNanos() >= rule.preemptDelayNanos())
                        .toList();
                if (from == null || settled.isEmpty()) {
                    continue;
                }
                NodeView to = leastLoaded(rule, settled);
                if (load(from) - load(to.id()) >= 2) {
                    loads.merge(from, -1, Integer::sum);
                    put(rule, to);
                    moved = true;
                }
            }
        }
    }

    /** Whether neither an operator nor a preference ties it to one of the candidates. */
    private boolean isAtHomeAnywhere(PlacementRule rule) {
        List<NodeView> able = able(rule);
        return find(able, rule.movedTo()) == null
                && rule.prefer().stream().allMatch(wanted -> find(able, wanted) == null);
    }
}
