package io.hawser.config;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds routes of a listener, and names and protocols in them, that no connection can reach because the routes before
 * take all of it. What they take only in part is no mistake: narrow routes come before wide ones.
 */
final class RouteReach {

    private static final String ANY = "";

    private final Findings findings;
    private final Map<Match, String> taken = new HashMap<>();

    RouteReach(Findings findings) {
        this.findings = findings;
    }

    /** Checks a route against those added before it. */
    void add(RouteConfig route, String path) {
        if (!isReadable(path + ".sni", route.sni()) || !isReadable(path + ".alpn", route.alpn())) {
            return;
        }
        List<String> names = orAny(route.sni());
        List<String> protocols = orAny(route.alpn());
        Function<String, @Nullable String> nameTaker = name -> takerOfAll(List.of(name), protocols);
        Function<String, @Nullable String> protocolTaker = protocol -> takerOfAll(names, List.of(protocol));
        String taker = takerOfAll(names, protocols);
        if (taker != null) {
            findings.report(path, "is never reached: " + inLine(taker) + " takes all that this one would");
        } else {
            checkEach(route.sni(), nameTaker, path + ".sni");
            checkEach(route.alpn(), protocolTaker, path + ".alpn");
        }
        names.forEach(name -> protocols.forEach(protocol -> taken.putIfAbsent(new Match(name, protocol), path)));
    }

    private void checkEach(List<String> values, Function<String, @Nullable String> taker, String path) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < values.size(); i++) {
            String value = values.get(i);
            String valuePath = path + "[" + i + "]";
            String earlier = taker.apply(value);
            if (!seen.add(value)) {
                findings.report(valuePath, "'" + value + "' is there already");
            } else if (earlier != null) {
                findings.report(valuePath, "'" + value + "' is never reached: " + inLine(earlier) + " takes it");
            }
        }
    }

    /** A route that takes some of the matches, when earlier routes take all of them; else null. */
    private @Nullable String takerOfAll(List<String> names, List<String> protocols) {
        String taker = null;
        for (String name : names) {
            for (String protocol : protocols) {
                taker = taker(name, protocol);
                if (taker == null) {
                    return null;
                }
            }
        }
        return taker;
    }

    private @Nullable String taker(String name, String protocol) {
        int dot = name.indexOf('.');
        String wildcard = dot < 0 ? name : "*" + name.substring(dot);
        for (String wider : List.of(name, wildcard, ANY)) {
            String exact = taken.get(new Match(wider, protocol));
            String any = taken.get(new Match(wider, ANY));
            if (exact != null || any != null) {
                return Objects.requireNonNullElse(exact, any);
            }
        }
        return null;
    }

    private boolean isReadable(String path, List<String> values) {
        if (findings.isBroken(path)) {
            return false;
        }
        for (int i = 0; i < values.size(); i++) {
            if (findings.isBroken(path + "[" + i + "]")) {
                return false;
            }
        }
        return true;
    }

    private String inLine(String path) {
        return "the route in line " + findings.lineOf(path);
    }

    private static List<String> orAny(List<String> values) {
        return values.isEmpty() ? List.of(ANY) : values;
    }

    /** One name or wildcard with one protocol; each may be {@link #ANY}. */
    private record Match(String sni, String alpn) {}
}
