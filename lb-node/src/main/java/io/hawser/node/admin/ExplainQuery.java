package io.hawser.node.admin;

import io.hawser.net.IpAddress;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of {@code GET /api/v1/explain}: a client that might come.
 *
 * @param listener the listener's id
 * @param client where it comes from
 * @param serverName the SNI that it sends; null: none, or the hello's
 * @param alpn the protocols that it offers; empty: none, or the hello's
 * @param hello a captured hello, from the first byte of its TLS record on; null: none
 */
public record ExplainQuery(
        String listener, IpAddress client, @Nullable String serverName, List<String> alpn, @Nullable ByteBuffer hello) {

    private static final Set<String> KNOWN = Set.of("listener", "client", "sni", "alpn", "hello");

    public ExplainQuery {
        alpn = List.copyOf(alpn);
    }

    /** @throws Refusal naming the parameter that is wrong */
    static ExplainQuery of(Map<String, List<String>> parameters) {
        Parameters given = Parameters.of(
                parameters, KNOWN, "listener, client (an address), sni, alpn (comma-separated) and hello (base64url)");
        IpAddress client = given.address("client");
        if (client == null) {
            throw Refusal.badRequest("client must be given");
        }
        String alpn = given.one("alpn");
        return new ExplainQuery(
                given.required("listener"),
                client,
                given.one("sni"),
                alpn == null || alpn.isEmpty() ? List.of() : List.of(alpn.split(",")),
                hello(given.one("hello")));
    }

    private static @Nullable ByteBuffer hello(@Nullable String text) {
        try {
            return text == null
                    ? null
                    : ByteBuffer.wrap(Base64.getUrlDecoder().decode(text)).asReadOnlyBuffer();
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest("hello must be in base64url: " + e.getMessage());
        }
    }
}
