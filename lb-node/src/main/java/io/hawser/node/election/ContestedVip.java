package io.hawser.node.election;

import io.hawser.node.vip.EstablishedConnections;
import io.hawser.node.vip.Vip;
import io.hawser.node.vip.VipDriver;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A VIP that this node may own.
 *
 * @param prefer ids of the nodes that should own it, the most wanted first
 * @param preempt whether it leaves a healthy owner for a node that it would rather be on
 * @param preemptDelayNanos how long that node must have been ready first
 * @param driver what holds it
 * @param connections sees to those that are open over it when it changes hands; null where nothing can or need be done
 * @param retireSeconds how long those of this node may go on when it lets go
 */
public record ContestedVip(
        Vip vip,
        List<String> prefer,
        boolean preempt,
        long preemptDelayNanos,
        VipDriver driver,
        @Nullable EstablishedConnections connections,
        int retireSeconds) {

    public ContestedVip {
        prefer = List.copyOf(prefer);
    }
}
