package io.hawser.node.election;

/** Hears, on the election's thread, what becomes of VIPs here; must not block. */
public interface ElectionEvents {

    /**
     * This node has become a VIP's owner, or has ceased to be.
     *
     * @param reason one word
     */
    void transition(String vip, boolean owner, String reason);
}
