package io.hawser.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The rules between keys, which no key can keep alone. */
final class CrossChecks {

    private CrossChecks() {}

    /** Reports every rule that is broken; values that are broken themselves break no further rule. */
    static void run(HawserConfig config, Findings findings) {
        uniqueIds("vips", config.vips(), VipConfig::id, findings);
        uniqueIds("listeners", config.listeners(), ListenerConfig::id, findings);
        uniqueIds("pools", config.pools(), PoolConfig::id, findings);
        for (int i = 0; i < config.pools().size(); i++) {
            PoolConfig pool = config.pools().get(i);
            String path = "pools[" + i + "]";
            uniqueIds(path + ".backends", pool.backends(), BackendConfig::id, findings);
            PoolChecks.run(pool, path, findings);
        }
        RouteChecks.run(config, findings);
        BindChecks.run(config, findings);
        ClusterChecks.run(config, findings);
        VipChecks.run(config, findings);
    }

    private static <T> void uniqueIds(String path, List<T> elements, Function<T, String> id, Findings findings) {
        Map<String, String> first = new HashMap<>();
        for (int i = 0; i < elements.size(); i++) {
            String idPath = path + "[" + i + "].id";
            if (findings.isBroken(idPath)) {
                continue;
            }
            String earlier = first.putIfAbsent(id.apply(elements.get(i)), idPath);
            if (earlier != null) {
                findings.report(
                        idPath,
                        "'" + id.apply(elements.get(i)) + "' is the id of another one in line "
                                + findings.lineOf(earlier) + "; ids must differ");
            }
        }
    }
}
