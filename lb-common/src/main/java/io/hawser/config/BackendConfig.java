package io.hawser.config;

import io.hawser.net.Endpoint;

/** One server of a pool. */
public record BackendConfig(
        @Key(value = "The backend's name within its pool, in metrics, logs and `lbctl`.", text = TextKind.ID) String id,
        @Key(value = "Where it listens.", min = 1) Endpoint address,
        @Key(
                        value = "Its share of new sessions relative to the others; 0: none, but it keeps those it has.",
                        byDefault = "100",
                        max = 1000)
                int weight,
        @Key(value = "Connections at once from this node; 0: no limit.", byDefault = "0") int maxConnections,
        @Key(value = "Whether it is used only while none of the others can be.", byDefault = "false") boolean backup) {}
