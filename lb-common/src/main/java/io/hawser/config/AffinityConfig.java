package io.hawser.config;

import java.time.Duration;
import java.util.List;

/** What ties a client to the backend it had before, and for how long. */
public record AffinityConfig(
        @Key(
                        value = "What a returning client is known by, tried in this order; `[]` turns affinity off.",
                        byDefault = "[client-ip]",
                        noun = "a kind of affinity")
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
                ClientIpPrefix clientIpPrefix,
        @Key(
                        value =
                                "For `tls-session`: the names that the backends' session ticket keys were given. While there"
                                        + " are any, none are learned.",
                        byDefault = "[]")
                List<TicketKeyNameConfig> ticketKeyNames,
        @Key(
                        value = "For `tls-session`: public names of Encrypted ClientHello that the backends serve. What"
                                + " hellos to them show of a session is random, and not looked at.",
                        byDefault = "[]",
                        text = TextKind.HOST_NAME)
                List<String> echPublicNames) {

    public AffinityConfig {
        by = List.copyOf(by);
        ticketKeyNames = List.copyOf(ticketKeyNames);
        echPublicNames = List.copyOf(echPublicNames);
    }

    /** What a returning client is known by. */
    public enum AffinityBy {
        /** The TLS session that it resumes: by session id, by ticket, or by whose ticket it is. */
        TLS_SESSION,
        CLIENT_IP
    }

    /** The name of one backend's session ticket key. */
    public record TicketKeyNameConfig(
            @Key(value = "The first bytes of the name, 1 to 16, in hexadecimal.", text = TextKind.HEX) String name,
            @Key(value = "The backend whose tickets begin so.", text = TextKind.ID) String backend) {}

    /** Lengths of the prefixes that tell client addresses apart. */
    public record ClientIpPrefix(
            @Key(value = "Bits of an IPv4 address.", byDefault = "32", min = 1, max = 32) int v4,
            @Key(value = "Bits of an IPv6 address.", byDefault = "64", min = 1, max = 128) int v6) {}
}
