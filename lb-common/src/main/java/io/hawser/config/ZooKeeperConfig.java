package io.hawser.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The ZooKeeper ensemble that knows the nodes alive and keeps what operators have changed.
 *
 * @param connect as ZooKeeper's clients take it: {@code host:port,host:port/chroot}
 */
public record ZooKeeperConfig(
        @Key(
                        value =
                                "The ensemble's servers, and the path below which all of this cluster is kept. The path is made"
                                        + " when it is missing.",
                        text = TextKind.ZOOKEEPER_CONNECT,
                        restart = true)
                String connect,
        @Key(
                        value =
                                "How long a node that is gone still counts as there. The servers round it to between 2 and 20 of"
                                        + " their `tickTime`.",
                        byDefault = "3s",
                        atLeast = "1s",
                        atMost = "60s",
                        restart = true)
                Duration sessionTimeout,
        @Key(
                        value =
                                "The file whose first line is `user:password`, the same on every node: with it, what is kept"
                                        + " there can be read and changed only by who shows it. Without it, by whoever reaches"
                                        + " ZooKeeper.",
                        restart = true)
                @Nullable Path authFile,
        @Key(
                        value =
                                "With it, the servers are spoken to by TLS, and each side shows a certificate; `connect` then"
                                        + " has their secure ports. The files are read again when they change.",
                        restart = true)
                @Nullable ZooKeeperTlsConfig tls) {

    /** The servers, as ZooKeeper's clients take them: {@code host:port,host:port}. */
    public String servers() {
        int slash = connect.indexOf('/');
        return slash < 0 ? connect : connect.substring(0, slash);
    }

    /** The path below which all of this cluster is kept; {@code /} when there is none of its own. */
    public String chroot() {
        int slash = connect.indexOf('/');
        return slash < 0 ? "/" : connect.substring(slash);
    }
}
