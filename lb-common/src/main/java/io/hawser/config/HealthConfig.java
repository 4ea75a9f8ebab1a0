package io.hawser.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How it is found out which backends of a pool are up.
 *
 * @param sni a name in lower case, without a trailing dot, in A-label form
 */
public record HealthConfig(
        @Key(
                        value =
                                "What a probe must get done: `tcp` a connection, `tls` a handshake, `https` and `http` an answer"
                                        + " with the expected status; `none`: no probes, every backend counts as up.",
                        byDefault = "tcp",
                        noun = "a check")
                Check check,
        @Key(
                        value =
                                "Time from one probe of a backend to the next, varied a little so that probes spread out.",
                        byDefault = "2s",
                        atLeast = "10ms",
                        atMost = "1h")
                Duration interval,
        @Key(
                        value = "How long one probe may take; no longer than `interval`.",
                        byDefault = "1s",
                        atLeast = "1ms",
                        atMost = "1h")
                Duration timeout,
        @Key(
                        value = "Probes in a row that must succeed before a backend that was down is up.",
                        byDefault = "2",
                        min = 1,
                        max = 1000)
                int rise,
        @Key(
                        value = "Probes in a row that must fail before a backend that was up is down.",
                        byDefault = "3",
                        min = 1,
                        max = 1000)
                int fall,
        @Key(
                        value =
                                "`tls`, `https`: the server name that probes ask for; `http`, `https`: the `Host` they send."
                                        + " Without it: the host of the backend's address, which is sent as a server name only if it is a name.",
                        text = TextKind.HOST_NAME)
                @Nullable String sni,
        @Key(value = "`https`, `http`: what probes get.", byDefault = "/", text = TextKind.URL_PATH) String path,
        @Key(value = "`https`, `http`: the status codes that count as success, one or a range.", byDefault = "200-399")
                StatusRange expectStatus,
        @Key(
                        value = "`tls`, `https`: whether the backend's certificate must be valid for the server name.",
                        byDefault = "false")
                boolean verify,
        @Key(
                        value =
                                "With `verify`: a PEM file of the authorities to trust. Without it: those that Java trusts.",
                        text = TextKind.FREE)
                @Nullable Path caFile,
        @Key(
                        value =
                                "Connections of clients that must fail to connect in a row before a backend counts as down at once,"
                                        + " whatever the probes say; 0: never.",
                        byDefault = "5",
                        max = 1000)
                int ejectAfterFailures,
        @Key(
                        value = "How long a backend stays down at least after failed connections of clients.",
                        byDefault = "10s",
                        atLeast = "1ms",
                        atMost = "24h")
                Duration ejectTime,
        @Key(
                        value = "How long the weight of a backend that comes up grows to its full value; 0s: at once.",
                        byDefault = "0s",
                        atMost = "24h")
                Duration slowStart) {

    /** What a probe must get done. */
    public enum Check {
        TCP,
        TLS,
        HTTPS,
        HTTP,
        NONE
    }
}
