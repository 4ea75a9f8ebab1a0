package io.hawser.node.election;

import io.hawser.node.vip.Vip;
import io.hawser.node.vip.VipDriver;
import java.util.List;

/**
 * A VIP that this node may own.
 *
 * @param prefer ids of the nodes that should own it, the most wanted first
 * @param preempt whether it leaves a healthy owner for a node that it would rather be on
 * @param preemptDelayNanos how long that node must have been ready first
 * @param driver what holds it
 */
public record ContestedVip(Vip vip, List<String> prefer, boolean preempt, long preemptDelayNanos, VipDriver driver) {

    public ContestedVip {
        prefer = List.copyOf(prefer);
    }
}
