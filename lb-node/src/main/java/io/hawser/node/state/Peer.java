package io.hawser.node.state;

/**
 * A node of the cluster, as seen from this one.
 *
 * @param node its id
 * @param address where its cluster port is, as {@code host:port}
 * @param self whether it is this node
 */
public record Peer(String node, String address, boolean self) {}
