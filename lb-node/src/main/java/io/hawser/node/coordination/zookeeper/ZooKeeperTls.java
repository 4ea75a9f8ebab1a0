package io.hawser.node.coordination.zookeeper;

import io.hawser.node.identity.KeptIdentity;
import org.jspecify.annotations.Nullable;

/**
 * How ZooKeeper's servers are spoken to by TLS.
 *
 * @param identity who this node is to them, and whom it believes
 * @param serverName what their certificates must be for; null: each for the name or address that it is reached at
 */
public record ZooKeeperTls(KeptIdentity identity, @Nullable String serverName) {}
