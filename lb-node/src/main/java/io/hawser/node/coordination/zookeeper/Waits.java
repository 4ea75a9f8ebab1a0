package io.hawser.node.coordination.zookeeper;

import java.time.Duration;

/**
 * How long what is waited for.
 *
 * @param start for ZooKeeper when a node starts, before it serves without
 * @param expiryMargin how much longer than its timeout a session may live, by the servers' tick and by delays
 * @param confirmation until all nodes have confirmed a change
 * @param change for all of a change
 */
record Waits(Duration start, Duration expiryMargin, Duration confirmation, Duration change) {

    static final Waits USUAL =
            new Waits(Duration.ofSeconds(5), Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofSeconds(15));
}
