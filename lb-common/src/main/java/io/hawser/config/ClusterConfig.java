package io.hawser.config;

import io.hawser.net.Endpoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that this one shares its sessions and its view of the backends with.
 *
 * @param join the members to ask; empty: those that are registered in ZooKeeper
 */
public record ClusterConfig(
        @Key(
                        value =
                                "The cluster's name. Nodes of other names keep apart, even where they can reach each other.",
                        byDefault = "hawser",
                        text = TextKind.ID,
                        restart = true)
                String name,
        @Key(
                        value = "The port on `node.address` at which the members reach each other.",
                        byDefault = "5701",
                        min = 1,
                        max = 65_535,
                        restart = true)
                int port,
        @Key(
                        value =
                                "Where this node finds the others: `zookeeper`, where every node registers itself, or a list of"
                                        + " members. It need not hold them all, nor this node: one that answers is enough.",
                        byDefault = "zookeeper",
                        word = "zookeeper",
                        min = 1,
                        nonEmpty = true,
                        restart = true)
                List<Endpoint> join,
        @Key(
                        value =
                                "With it, the members speak TLS 1.3 with each other, and each shows a certificate: whoever has"
                                        + " none gets nothing. All nodes have it, or none. The files are read again when they"
                                        + " change.",
                        restart = true)
                @Nullable TlsConfig tls) {

    public ClusterConfig {
        join = List.copyOf(join);
    }

    /** Whether the members are found by their registrations in ZooKeeper. */
    public boolean joinsByZooKeeper() {
        return join.isEmpty();
    }
}
