package io.hawser.vip;

import java.util.Set;

/**
 * What a node tells the others of itself, as far as it matters to where VIPs go; it lasts as long as the node's session.
 *
 * @param node the node's id
 * @param ready whether it serves, so that clients may be sent to it
 * @param draining whether it goes, or an operator wants it empty
 * @param serves ids of the VIPs for which it has at least one live listener
 * @param liveness where its process takes connections for as long as it lives, {@code address:port}; empty: nowhere
 */
public record Candidacy(String node, boolean ready, boolean draining, Set<String> serves, String liveness) {

    public Candidacy {
        serves = Set.copyOf(serves);
    }
}
