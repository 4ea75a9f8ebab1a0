package io.hawser.config;

import java.util.List;

/**
 * A way from a listener to a pool: it matches when both its {@code sni} and its {@code alpn} do.
 *
 * @param sni names in lower case, without a trailing dot, in A-label form; one may begin with {@code *.}, which stands
 *     for exactly one label
 */
public record RouteConfig(
        @Key(
                        value =
                                "Server names, one of which the client must ask for; `*.example.com` stands for any one label in"
                                        + " place of `*`. Empty: any name, or none.",
                        byDefault = "[]",
                        text = TextKind.HOST_NAME_PATTERN)
                List<String> sni,
        @Key(
                        value =
                                "Application protocols, one of which the client must offer, such as `h2`, `http/1.1`, `imap`."
                                        + " Empty: any, or none.",
                        byDefault = "[]",
                        text = TextKind.ALPN)
                List<String> alpn,
        @Key(value = "The `id` of the pool.", text = TextKind.ID) String pool) {

    public RouteConfig {
        sni = List.copyOf(sni);
        alpn = List.copyOf(alpn);
    }

    /** Whether every connection matches. */
    public boolean isCatchAll() {
        return sni.isEmpty() && alpn.isEmpty();
    }
}
