package io.hawser.config;

import java.time.Duration;
import java.util.List;

/** What ties a client to the backend it had before, and for how long. */
public record AffinityConfig(
        @Key(
                        value = "What a returning client is known by, tried in this order; `[]` turns affinity off.",
                        byDefault = "[client-ip]",
                        noun = "a kind of affinity",
                        notYet = "tls-session")
                List<AffinityBy> by,
        @Key(value = "How long a client stays tied since it was last seen.", byDefault = "30m", atLeast = "1s")
                Duration ttl,
        @Key(
                        value = "Clients remembered at once; one more drops the one that was seen least recently.",
                        byDefault = "1000000",
                        min = 1,
                        max = 100_000_000)
                int maxEntries,
        @Key(
                        value =
                                "How much of an address tells clients apart: all clients of one such network count as one.",
                        byDefault = "{}")
                ClientIpPrefix clientIpPrefix) {

    public AffinityConfig {
        by = List.copyOf(by);
    }

    /** What a returning client is known by. */
    public enum AffinityBy {
        CLIENT_IP
    }

    /** Lengths of the prefixes that tell client addresses apart. */
    public record ClientIpPrefix(
            @Key(value = "Bits of an IPv4 address.", byDefault = "32", min = 1, max = 32) int v4,
            @Key(value = "Bits of an IPv6 address.", byDefault = "64", min = 1, max = 128) int v6) {}
}
