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
        for (Map.Entry<String, List<String>> parameter : parameters.entrySet()) {
            if (!KNOWN.contains(parameter.getKey())) {
                throw Refusal.badRequest("there is no such parameter; there are listener, pool, backend, client (an"
                        + " address or a network) and limit");
            }
            if (parameter.getValue().size() > 1) {
                throw Refusal.badRequest(parameter.getKey() + " is given twice; give it once");
            }
        }
        return new ConnectionQuery(
                new ConnectionFilter(
                        one(parameters, "listener"),
                        one(parameters, "pool"),
                        one(parameters, "backend"),
                        client(one(parameters, "client"))),
                limit(one(parameters, "limit")));
    }

    private static @Nullable String one(Map<String, List<String>> parameters, String name) {
        List<String> values = parameters.get(name);
        return values == null ? null : values.get(0);
    }

    private static @Nullable Cidr client(@Nullable String text) {
        try {
            return text == null ? null : Cidr.parse(text);
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest("client: " + e.getMessage());
        }
    }

    private static int limit(@Nullable String text) {
        if (text == null) {
            return ConnectionFilter.DEFAULT_LIMIT;
        }
        if (text.matches("[0-9]{1,5}")) {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= ConnectionFilter.MAX_LIMIT) {
                return limit;
            }
        }
        throw Refusal.badRequest("limit must be a whole number from 1 to " + ConnectionFilter.MAX_LIMIT);
    }
}
