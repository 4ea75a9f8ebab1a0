package io.hawser.node.state.hazelcast;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How this node is a member of its cluster.
 *
 * @param cluster the cluster's name; nodes of other names are refused
 * @param node this node's id
 * @param address the one address that the member listens on and is reached at
 * @param claimWait how long a connection of an unknown client waits for the cluster to say whether it is unknown: longer
 *     than any answer of a cluster that is well, short enough that no client notices
 * @param reconcileEvery how often a node compares its tables with the cluster's though nothing tells of a difference
 * @param peers where other members may be; asked again and again, from a thread that may wait
 * @param security how members make sure of each other; null when they believe whoever comes
 */
public record HazelcastSettings(
        String cluster,
        String node,
        InetSocketAddress address,
        Duration claimWait,
        Duration reconcileEvery,
        Supplier<List<InetSocketAddress>> peers,
        @Nullable LinkSecurity security) {}
