package io.hawser.node.admin;

import io.hawser.net.Cidr;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The parameters of {@code GET /api/v1/connections}. */
record ConnectionQuery(ConnectionFilter filter, int limit) {

    private static final Set<String> KNOWN = Set.of("listener", "pool", "backend", "client", "limit");

    /** @throws Refusal naming the parameter that is wrong */
    static ConnectionQuery of(Map<String, List<String>> parameters) {
        Parameters given =
                Parameters.of(parameters, KNOWN, "listener, pool, backend, client (an address or a network) and limit");
        return new ConnectionQuery(
                new ConnectionFilter(
                        given.one("listener"), given.one("pool"), given.one("backend"), client(given.one("client"))),
                given.number("limit", ConnectionFilter.DEFAULT_LIMIT, ConnectionFilter.MAX_LIMIT));
    }

    private static @Nullable Cidr client(@Nullable String text) {
        try {
            return text == null ? null : Cidr.parse(text);
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest("client: " + e.getMessage());
        }
    }
}
