package io.hawser.config;

import io.hawser.net.Endpoint;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The admin server. */
public record AdminConfig(
        @Key(
                        value = "Where the admin server listens. Off the loopback it needs `token-file`.",
                        byDefault = "127.0.0.1:9900",
                        restart = true)
                Endpoint bind,
        @Key(
                        value =
                                "The file whose first line is the token that a change (`POST`) must carry; without it, anyone"
                                        + " who reaches the admin server may change things.")
                @Nullable Path tokenFile,
        @Key(
                        value =
                                "With it, the admin server speaks HTTPS and nothing else. The files are read again when they"
                                        + " change.",
                        restart = true)
                @Nullable AdminTlsConfig tls) {}
