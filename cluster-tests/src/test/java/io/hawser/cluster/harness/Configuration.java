package io.hawser.cluster.harness;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;

/**
 * A node's configuration under construction, written as the YAML that an operator would write. May be changed and
 * written again, for a reload.
 *
 * <p>What it sets by itself: every listening address is on the loopback, its port the kernel's choice.
 */
public final class Configuration {

    private static final String ANY_PORT = "127.0.0.1:0";

    private final Map<String, Object> node = new LinkedHashMap<>();
    private final Map<String, Object> cluster = new LinkedHashMap<>();
    private final Map<String, Object> zookeeper = new LinkedHashMap<>();
    private final Map<String, Object> admin = new LinkedHashMap<>(Map.of("bind", ANY_PORT));
    private final Map<String, Object> log = new LinkedHashMap<>();
    private final List<Map<String, Object>> vips = new ArrayList<>();
    private final Map<String, Listener> listeners = new LinkedHashMap<>();
    private final Map<String, Pool> pools = new LinkedHashMap<>();

    /** Sets a key of {@code node}. */
    public Configuration node(String key, Object value) {
        node.put(key, value);
        return this;
    }

    /** Sets a key of {@code cluster}. */
    public Configuration cluster(String key, Object value) {
        cluster.put(key, value);
        return this;
    }

    /** Sets a key of {@code zookeeper}. */
    public Configuration zookeeper(String key, Object value) {
        zookeeper.put(key, value);
        return this;
    }

    /** Sets a key of {@code log}. */
    public Configuration log(String key, Object value) {
        log.put(key, value);
        return this;
    }

    /**
     * Adds a VIP.
     *
     * @param keys of the entry
     */
    public Configuration vip(Map<String, Object> keys) {
        vips.add(keys);
        return this;
    }

    /** The listener of that id, a new one if there is none yet: TLS, on a free port of 127.0.0.1. */
    public Listener listener(String id) {
        return listeners.computeIfAbsent(id, Listener::new);
    }

    /** The pool of that id, a new one if there is none yet. */
    public Pool pool(String id) {
        return pools.computeIfAbsent(id, Pool::new);
    }

    public Configuration withoutListener(String id) {
        listeners.remove(id);
        return this;
    }

    public Configuration withoutPool(String id) {
        pools.remove(id);
        return this;
    }

    /** The file's text. */
    public String yaml() {
        Map<String, Object> all = new LinkedHashMap<>();
        if (!node.isEmpty()) {
            all.put("node", node);
        }
        if (!cluster.isEmpty()) {
            all.put("cluster", cluster);
        }
        if (!zookeeper.isEmpty()) {
            all.put("zookeeper", zookeeper);
        }
        if (!vips.isEmpty()) {
            all.put("vips", vips);
        }
        all.put("admin", admin);
        if (!log.isEmpty()) {
            all.put("log", log);
        }
        all.put("listeners", listeners.values().stream().map(Listener::toMap).toList());
        all.put("pools", pools.values().stream().map(Pool::toMap).toList());
        // The node wants no aliases.
        return new Dump(DumpSettings.builder().setDereferenceAliases(true).build()).dumpToString(all);
    }

    static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    /** One listener. */
    public static final class Listener {

        private final Map<String, Object> keys = new LinkedHashMap<>();
        private final List<Map<String, Object>> routes = new ArrayList<>();

        Listener(String id) {
            keys.put("id", id);
            keys.put("bind", List.of(ANY_PORT));
        }

        /** Sets any key. */
        public Listener set(String key, Object value) {
            keys.put(key, value);
            return this;
        }

        /** Where it listens, as the file has it. */
        public Listener bind(String... addresses) {
            return set("bind", List.of(addresses));
        }

        /** Adds the route for all that no earlier one takes. */
        public Listener route(String pool) {
            routes.add(Map.of("pool", pool));
            return this;
        }

        /** Adds a route for these server names. */
        public Listener routeNames(String pool, String... names) {
            routes.add(Map.of("sni", List.of(names), "pool", pool));
            return this;
        }

        /** Adds a route for these application protocols. */
        public Listener routeProtocols(String pool, String... protocols) {
            routes.add(Map.of("alpn", List.of(protocols), "pool", pool));
            return this;
        }

        public Listener withoutRoutes() {
            routes.clear();
            return this;
        }

        private Map<String, Object> toMap() {
            Map<String, Object> all = new LinkedHashMap<>(keys);
            all.put("routes", routes);
            return all;
        }
    }

    /** One pool. */
    public static final class Pool {

        private final Map<String, Object> keys = new LinkedHashMap<>();
        private final Map<String, Map<String, Object>> backends = new LinkedHashMap<>();
        private final Map<String, Object> health = new LinkedHashMap<>();

        Pool(String id) {
            keys.put("id", id);
        }

        /** Sets any key. */
        public Pool set(String key, Object value) {
            keys.put(key, value);
            return this;
        }

        /** Sets a key of {@code health}. */
        public Pool health(String key, Object value) {
            health.put(key, value);
            return this;
        }

        public Pool withoutAffinity() {
            return set("affinity", Map.of("by", List.of()));
        }

        /** Adds these backends, or gives them the address that they now have. */
        public Pool backends(Backend... added) {
            for (Backend backend : added) {
                backend(backend.id(), "address", text(backend.address()));
            }
            return this;
        }

        /** Sets a key of a backend. */
        public Pool backend(String id, String key, Object value) {
            backends.computeIfAbsent(id, added -> new LinkedHashMap<>(Map.of("id", id)))
                    .put(key, value);
            return this;
        }

        public Pool withoutBackend(String id) {
            backends.remove(id);
            return this;
        }

        private Map<String, Object> toMap() {
            Map<String, Object> all = new LinkedHashMap<>(keys);
            all.put("backends", List.copyOf(backends.values()));
            if (!health.isEmpty()) {
                all.put("health", health);
            }
            return all;
        }
    }
}
