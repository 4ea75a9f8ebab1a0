package io.hawser.config;

import java.time.Duration;

/** What becomes of the connections that are open over a VIP when it changes hands. */
public record FailoverConfig(
        @Key(
                        value =
                                "Whether connections go on where they are when a VIP moves on purpose: its new owner hands their"
                                        + " packets to the old one, on the same link. Needs `nft`.",
                        byDefault = "true",
                        restart = true)
                boolean handOver,
        @Key(
                        value = "How long they may go on there, at most.",
                        byDefault = "10m",
                        atLeast = "1s",
                        atMost = "1d",
                        restart = true)
                Duration handOverTimeout,
        @Key(
                        value =
                                "Whether the clients of a node that died are made to find out at once that their connections are"
                                        + " gone, also those that only wait. The nodes tell each other of their open connections for"
                                        + " that, by way of `cluster`.",
                        byDefault = "true",
                        restart = true)
                boolean tellClients) {}
