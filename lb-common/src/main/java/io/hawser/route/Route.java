package io.hawser.route;

import java.util.List;

/**
 * Where the connections go whose names match.
 *
 * @param sni the host names of which the client's must match one; empty: any, or none sent
 * @param alpn the protocols of which the client must offer one, compared byte by byte (RFC 7301); empty: any, or none
 *     offered
 * @param target where they go: a pool, or its id
 * @param <T> what the target is
 */
public record Route<T>(List<HostPattern> sni, List<String> alpn, T target) {

    public Route {
        sni = List.copyOf(sni);
        alpn = List.copyOf(alpn);
    }
}
