package io.hawser.node.state.hazelcast;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Knows of the batches of changes that this node has sent which ones not every other node has confirmed.
 *
 * <p>Batches are numbered from 1 on; who confirms one confirms all before it.
 */
final class Receipts {

    /** At one batch every 50 ms the age of the oldest one is exact up to three minutes; beyond, it is at least that. */
    private static final int MAX_KEPT = 4096;

    private record Batch(long number, long sentMillis) {}

    private final Deque<Batch> open = new ArrayDeque<>();
    private final Map<String, Long> confirmed = new HashMap<>();
    private long last;

    /** The number of the next batch, which is sent now. */
    synchronized long next(long nowMillis) {
        last++;
        if (open.size() < MAX_KEPT) {
            open.add(new Batch(last, nowMillis));
        }
        return last;
    }

    /** A node has taken in all batches up to this one. */
    synchronized void confirmed(String node, long number) {
        confirmed.merge(node, number, Math::max);
    }

    /**
     * How long ago the oldest batch was sent that one of these nodes has not confirmed; 0 when there is none. A node that
     * is new here is only asked for what is sent from now on: it has loaded the rest.
     */
    synchronized long lagMillis(Set<String> nodes, long nowMillis) {
        confirmed.keySet().retainAll(nodes);
        long all = last;
        for (String node : nodes) {
            Long known = confirmed.putIfAbsent(node, last);
            all = Math.min(all, known == null ? last : known);
        }
        while (!open.isEmpty() && open.peekFirst().number() <= all) {
            open.removeFirst();
        }
        return open.isEmpty() ? 0 : Math.max(1, nowMillis - open.peekFirst().sentMillis());
    }
}
