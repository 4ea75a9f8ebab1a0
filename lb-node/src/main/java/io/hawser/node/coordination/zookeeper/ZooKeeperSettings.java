package io.hawser.node.coordination.zookeeper;

/**
 * Where ZooKeeper is, and who this node is there.
 *
 * @param servers {@code host:port,host:port}
 * @param chroot the path below which everything is kept; {@code /} for none of its own
 * @param sessionTimeoutMillis as asked for; the servers may give another
 * @param node this node's id
 * @param address at which other machines reach it
 */
public record ZooKeeperSettings(String servers, String chroot, int sessionTimeoutMillis, String node, String address) {}
