package io.hawser.config;

import java.time.Duration;
import java.util.List;

/** Backends that can stand in for each other, and how one is chosen. */
public record PoolConfig(
        @Key(value = "The pool's name in routes, metrics, logs and `lbctl`.", text = TextKind.ID) String id,
        @Key(
                        value = "Which backend takes a connection that nothing ties to one: `maglev` hashes the client"
                                + " consistently, `least-connections` takes the one with the fewest for its weight, `round-robin`"
                                + " each in turn, `random-two` the less loaded of two drawn at random.",
                        byDefault = "maglev",
                        noun = "a balancer")
                Balance balance,
        @Key(value = "What ties a client to the backend it had before.", byDefault = "{}") AffinityConfig affinity,
        @Key(
                        value =
                                "Whether a PROXY protocol header tells the backend who the client is. The backend must expect it."
                                        + " Probes begin with one too, which names no client: `UNKNOWN` in v1, `LOCAL` in v2.",
                        byDefault = "none",
                        noun = "a version of the header")
                SendProxyProtocol sendProxyProtocol,
        @Key(
                        value = "How long one attempt to connect to a backend may take.",
                        byDefault = "2s",
                        atLeast = "1ms",
                        atMost = "5m")
                Duration connectTimeout,
        @Key(
                        value =
                                "Further attempts, on other backends, when connecting fails; what the client has sent is replayed.",
                        byDefault = "2",
                        max = 100)
                int connectRetries,
        @Key(
                        value = "A connection over which nothing has passed either way for this long is closed."
                                + " What the kernel still sends to a slow reader counts as passing, except with the"
                                + " transport `nio`.",
                        byDefault = "10m",
                        atLeast = "1s")
                Duration idleTimeout,
        @Key(value = "The servers.", nonEmpty = true) List<BackendConfig> backends,
        @Key(value = "How it is found out which backends are up.", byDefault = "{}") HealthConfig health) {

    public PoolConfig {
        backends = List.copyOf(backends);
    }

    /** How a backend is chosen for a connection that nothing ties to one. */
    public enum Balance {
        MAGLEV,
        LEAST_CONNECTIONS,
        ROUND_ROBIN,
        RANDOM_TWO
    }

    /** The PROXY protocol header that backends get. */
    public enum SendProxyProtocol {
        NONE,
        V1,
        V2
    }
}
