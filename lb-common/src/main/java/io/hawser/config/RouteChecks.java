package io.hawser.config;

import java.util.List;
import java.util.stream.IntStream;

/** The rules about a listener's routes: each leads somewhere, and each can be reached. */
final class RouteChecks {

    private final Findings findings;
    private final List<String> pools;
    private final boolean poolsReadable;

    private RouteChecks(HawserConfig config, Findings findings) {
        this.findings = findings;
        this.pools = config.pools().stream().map(PoolConfig::id).toList();
        this.poolsReadable = !findings.isBroken("pools")
                && IntStream.range(0, pools.size()).noneMatch(i -> findings.isBroken("pools[" + i + "].id"));
    }

    static void run(HawserConfig config, Findings findings) {
        RouteChecks checks = new RouteChecks(config, findings);
        for (int i = 0; i < config.listeners().size(); i++) {
            checks.run(config.listeners().get(i), "listeners[" + i + "]");
        }
    }

    private void run(ListenerConfig listener, String listenerPath) {
        String path = listenerPath + ".routes";
        List<RouteConfig> routes = listener.routes();
        for (int i = 0; i < routes.size(); i++) {
            poolExists(routes.get(i).pool(), path + "[" + i + "].pool");
        }
        if (findings.isBroken(listenerPath + ".protocol")) {
            return;
        }
        if (listener.protocol() == ListenerConfig.Protocol.TCP) {
            leadToOnePool(routes, path);
        } else {
            RouteReach reach = new RouteReach(findings);
            for (int i = 0; i < routes.size(); i++) {
                reach.add(routes.get(i), path + "[" + i + "]");
            }
        }
    }

    private void poolExists(String pool, String path) {
        if (!poolsReadable || findings.isBroken(path) || pools.contains(pool)) {
            return;
        }
        String nearest = Spelling.nearest(pool, pools);
        findings.report(
                path,
                "there is no pool '" + pool + "'; "
                        + (nearest != null ? "did you mean '" + nearest + "'?" : "valid: " + String.join(", ", pools)));
    }

    private void leadToOnePool(List<RouteConfig> routes, String path) {
        for (int i = 0; i < routes.size(); i++) {
            RouteConfig route = routes.get(i);
            if (!route.isCatchAll()) {
                findings.report(
                        path + "[" + i + "]" + (route.sni().isEmpty() ? ".alpn" : ".sni"),
                        "a listener with protocol: tcp can't see what clients ask for; remove it");
            }
        }
        if (routes.size() > 1) {
            findings.report(path + "[1]", "a listener with protocol: tcp takes one route only; remove this one");
        }
    }
}
