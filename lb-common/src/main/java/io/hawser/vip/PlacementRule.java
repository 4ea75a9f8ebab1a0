package io.hawser.vip;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a VIP wants to be.
 *
 * @param vip its id
 * @param prefer ids of nodes, the most wanted first; empty: wherever it spreads the VIPs evenly
 * @param preempt whether it leaves a healthy owner for a node that it would rather be on
 * @param preemptDelayNanos how long that node must have been ready first, 0 or more
 * @param movedTo the node that an operator moved it to, which counts before all preferences; null when nobody did
 */
public record PlacementRule(
        String vip, List<String> prefer, boolean preempt, long preemptDelayNanos, @Nullable String movedTo) {

    public PlacementRule {
        if (preemptDelayNanos < 0) {
            throw new IllegalArgumentException("a delay of " + preemptDelayNanos + " ns is negative");
        }
        prefer = List.copyOf(prefer);
    }
}
