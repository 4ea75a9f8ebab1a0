package io.hawser.route;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A listener's routes, made so that a look-up costs the same with ten names as with ten thousand. Immutable.
 *
 * <p>Of the routes that match, the first in the order of the configuration holds; an exact name doesn't go before a
 * wildcard.
 *
 * @param <T> what a route leads to
 */
public final class RouteTable<T> {

    private final List<Route<T>> routes;
    private final Map<String, ByAlpn> exact = new HashMap<>();
    /** By the name below which the wildcard stands. */
    private final Map<String, ByAlpn> wildcard = new HashMap<>();

    private final ByAlpn anyName = new ByAlpn();

    /** A table of the routes, the first to match first. */
    public RouteTable(List<Route<T>> routes) {
        this.routes = List.copyOf(routes);
        for (int i = 0; i < this.routes.size(); i++) {
            Route<T> route = this.routes.get(i);
            if (route.sni().isEmpty()) {
                anyName.add(i, route.alpn());
            }
            for (HostPattern pattern : route.sni()) {
                (pattern.wildcard() ? wildcard : exact)
                        .computeIfAbsent(pattern.name(), name -> new ByAlpn())
                        .add(i, route.alpn());
            }
        }
    }

    /** The routes as given. */
    public List<Route<T>> routes() {
        return routes;
    }

    /**
     * Where a connection goes.
     *
     * @param sni the host name that the client sent, in any case, with or without a trailing dot; null when none
     * @param alpn the protocols that it offers
     * @return null when no route matches
     */
    public @Nullable T decide(@Nullable String sni, List<String> alpn) {
        Route<T> route = match(sni, alpn);
        return route == null ? null : route.target();
    }

    /** The route that a connection takes, or null; as {@link #decide}, for those who want to say why. */
    public @Nullable Route<T> match(@Nullable String sni, List<String> alpn) {
        int first = anyName.first(alpn, ByAlpn.NO_ROUTE);
        if (sni != null && !(exact.isEmpty() && wildcard.isEmpty())) {
            String name = HostPattern.normal(sni);
            first = first(exact.get(name), alpn, first);
            int dot = name.indexOf('.');
            if (dot > 0 && !wildcard.isEmpty()) {
                first = first(wildcard.get(name.substring(dot + 1)), alpn, first);
            }
        }
        return first == ByAlpn.NO_ROUTE ? null : routes.get(first);
    }

    private static int first(@Nullable ByAlpn routes, List<String> alpn, int orElse) {
        return routes == null ? orElse : routes.first(alpn, orElse);
    }

    /** For one name: the first route that takes any protocol, and the first for each protocol that some route names. */
    private static final class ByAlpn {

        static final int NO_ROUTE = Integer.MAX_VALUE;

        private int any = NO_ROUTE;
        private final Map<String, Integer> named = new HashMap<>();

        void add(int route, List<String> alpn) {
            if (alpn.isEmpty()) {
                any = Math.min(any, route);
            }
            alpn.forEach(protocol -> named.putIfAbsent(protocol, route));
        }

        int first(List<String> alpn, int orElse) {
            int first = Math.min(any, orElse);
            if (!named.isEmpty()) {
                for (String protocol : alpn) {
                    Integer route = named.get(protocol);
                    if (route != null && route < first) {
                        first = route;
                    }
                }
            }
            return first;
        }
    }
}
