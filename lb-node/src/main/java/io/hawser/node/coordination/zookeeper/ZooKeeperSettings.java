package io.hawser.node.coordination.zookeeper;

import org.jspecify.annotations.Nullable;

/**
 * Where ZooKeeper is, and who this node is there.
 *
 * @param servers {@code host:port,host:port}
 * @param chroot the path below which everything is kept; {@code /} for none of its own
 * @param sessionTimeoutMillis as asked for; the servers may give another
 * @param node this node's id
 * @param address at which other machines reach it
 * @param credentials who the nodes are to ZooKeeper; null when everybody may do everything there
 * @param tls how the servers are spoken to by TLS; null when they are not
 */
public record ZooKeeperSettings(
        String servers,
        String chroot,
        int sessionTimeoutMillis,
        String node,
        String address,
        @Nullable Credentials credentials,
        @Nullable ZooKeeperTls tls) {}
