/**
 * Coordination by ZooKeeper, by way of Curator; nothing else in the node knows of either. Start reading at {@link
 * io.hawser.node.coordination.zookeeper.ZooKeeperCoordination}.
 */
@NullMarked
package io.hawser.node.coordination.zookeeper;

import org.jspecify.annotations.NullMarked;
