package io.hawser.config;

import java.time.Duration;

/** The node itself: its name, its threads and how it ends. */
public record NodeConfig(
        @Key(
                        value = "The node's name in metrics, logs and `lbctl`.",
                        byDefault = "${host-name}",
                        text = TextKind.ID,
                        restart = true)
                String id,
        @Key(
                        value = "The address or host name at which other machines reach this one.",
                        byDefault = "${host-name}",
                        text = TextKind.HOST,
                        restart = true)
                String address,
        @Key(
                        value =
                                "Event loops, each a thread that carries its share of the connections; 0: one per core.",
                        byDefault = "0",
                        max = 1024,
                        restart = true)
                int workers,
        @Key(
                        value = "How sockets are driven; `auto`: epoll where it works, else NIO.",
                        byDefault = "auto",
                        noun = "a transport",
                        restart = true)
                Transport transport,
        @Key(
                        value =
                                "Client connections that this node carries at once, over all listeners; 0: what the limit on"
                                        + " open files allows.",
                        byDefault = "0",
                        restart = true)
                int maxConnections,
        @Key(
                        value =
                                "The port on `address` by which the other nodes see at once that this process is gone. Open only"
                                        + " where there are `vips`; 0: any free one.",
                        byDefault = "5700",
                        max = 65_535,
                        restart = true)
                int livenessPort,
        @Key(value = "After SIGTERM, how long open connections may go on before they are closed.", byDefault = "30s")
                Duration drainTimeout,
        @Key(
                        value =
                                "After SIGTERM, how long new connections are still accepted while `/readyz` already answers"
                                        + " 503, so that whoever sends traffic here can stop first.",
                        byDefault = "0s")
                Duration shutdownDelay) {

    /** How sockets are driven. */
    public enum Transport {
        AUTO,
        EPOLL,
        NIO,
        IO_URING
    }
}
