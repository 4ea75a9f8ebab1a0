package io.hawser.node.metrics;

import io.prometheus.client.Gauge;

/** What is counted of one VIP. Safe from any thread. */
public final class VipMetrics {

    private final Families families;
    private final String vip;
    private final Gauge.Child owner;

    VipMetrics(Families families, String vip) {
        this.families = families;
        this.vip = vip;
        this.owner = families.vipOwner.labels(vip);
    }

    /**
     * This node has become the owner, or has ceased to be.
     *
     * @param reason one word
     */
    public void transition(boolean isOwner, String reason) {
        owner.set(isOwner ? 1 : 0);
        families.vipTransitions.labels(vip, reason).inc();
    }
}
