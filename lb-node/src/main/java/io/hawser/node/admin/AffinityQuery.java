package io.hawser.node.admin;

import io.hawser.net.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of {@code GET /api/v1/affinity}.
 *
 * @param pool the pool's id
 * @param client only the key of this client; null: all
 * @param key only the keys with this digest; null: all
 * @param limit the most entries to show
 */
public record AffinityQuery(String pool, @Nullable IpAddress client, @Nullable String key, int limit) {

    public static final int MAX_LIMIT = 10_000;
    public static final int DEFAULT_LIMIT = 100;

    private static final Set<String> KNOWN = Set.of("pool", "client", "key", "limit");

    /** @throws Refusal naming the parameter that is wrong */
    static AffinityQuery of(Map<String, List<String>> parameters) {
        Parameters given = Parameters.of(parameters, KNOWN, "pool, client (an address), key (a digest) and limit");
        String pool = given.one("pool");
        if (pool == null) {
            throw Refusal.badRequest("pool must be given");
        }
        return new AffinityQuery(
                pool, given.address("client"), given.digest("key"), given.number("limit", DEFAULT_LIMIT, MAX_LIMIT));
    }
}
