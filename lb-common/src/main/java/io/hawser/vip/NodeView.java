package io.hawser.vip;

import java.util.Set;

/**
 * A living node, as far as it matters to where VIPs go.
 *
 * @param id the node's id
 * @param readyNanos how long it has been ready without a break, 0 or more; negative: it isn't ready
 * @param draining whether an operator wants it empty
 * @param serves ids of the VIPs for which it has at least one live listener
 */
public record NodeView(String id, long readyNanos, boolean draining, Set<String> serves) {

    public NodeView {
        serves = Set.copyOf(serves);
    }

    /** Whether the VIP may be put on it. */
    public boolean isCandidate(String vip) {
        return readyNanos >= 0 && !draining && serves.contains(vip);
    }
}
