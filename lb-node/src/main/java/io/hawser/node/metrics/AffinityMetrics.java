package io.hawser.node.metrics;

import io.hawser.affinity.AffinityKey;
import io.prometheus.client.Counter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** What is counted of one pool's affinity. Safe from any thread. */
public final class AffinityMetrics {

    /** How a look-up of a key ended. */
    public enum Lookup {
        /** The key is known, and its backend took the connection. */
        HIT("hit"),
        /** The key is unknown. */
        MISS("miss"),
        /** The key is known, but its backend can't be used. */
        MOVED("moved");

        private final String label;

        Lookup(String label) {
            this.label = label;
        }
    }

    private final Families families;
    private final Sampled sampled;
    private final String pool;
    // Filled as kinds are used, so that a pool shows no series of kinds that it does not have.
    private final Map<AffinityKey.Kind, Counter.Child> hits = new ConcurrentHashMap<>();
    private final Map<AffinityKey.Kind, Counter.Child> misses = new ConcurrentHashMap<>();
    private final Map<AffinityKey.Kind, Counter.Child> moves = new ConcurrentHashMap<>();
    private final Map<String, Counter.Child> moved = new ConcurrentHashMap<>();
    private final Map<String, Counter.Child> resumptions = new ConcurrentHashMap<>();
    private final Map<String, Counter.Child> claims = new ConcurrentHashMap<>();

    AffinityMetrics(Families families, Sampled sampled, String pool) {
        this.families = families;
        this.sampled = sampled;
        this.pool = pool;
    }

    /** A key of this kind was looked up for a connection. */
    public void lookup(AffinityKey.Kind kind, Lookup result) {
        Map<AffinityKey.Kind, Counter.Child> children = children(result);
        Counter.Child child = children.get(kind);
        if (child == null) {
            child = children.computeIfAbsent(kind, k -> families.lookups.labels(pool, k.label(), result.label));
        }
        child.inc();
    }

    /**
     * A session moved to another backend.
     *
     * @param reason a fixed label of the code, in kebab-case
     */
    public void moved(String reason) {
        moved.computeIfAbsent(reason, r -> families.moved.labels(pool, r)).inc();
    }

    /**
     * A backend answered a hello.
     *
     * @param result a fixed label of the code: what became of the session that was offered
     */
    public void resumption(String result) {
        Counter.Child child = resumptions.get(result);
        if (child == null) {
            child = resumptions.computeIfAbsent(result, r -> families.resumptions.labels(pool, r));
        }
        child.inc();
    }

    /**
     * A connection of an unknown client asked the cluster who it is tied to.
     *
     * @param result a fixed label of the code
     */
    public void claimed(String result) {
        claims.computeIfAbsent(result, r -> families.claims.labels(pool, r)).inc();
    }

    /** A change was not told to other nodes, because too many were waiting. */
    public void changeDropped() {
        families.changesDropped.labels(pool).inc();
    }

    /** Entries were found to be missing, here or elsewhere, and were brought there. */
    public void reconciled(int received, int sent) {
        families.reconciled.labels(pool, "received").inc(received);
        families.reconciled.labels(pool, "sent").inc(sent);
    }

    /** Where the table's size and evictions are read from when somebody asks; replaces what was set before. */
    public void table(LongSupplier entries, LongSupplier evictions) {
        sampled.affinity(pool, entries, evictions);
    }

    void remove() {
        for (Lookup result : Lookup.values()) {
            children(result).keySet().forEach(kind -> families.lookups.remove(pool, kind.label(), result.label));
        }
        moved.keySet().forEach(reason -> families.moved.remove(pool, reason));
        resumptions.keySet().forEach(result -> families.resumptions.remove(pool, result));
        claims.keySet().forEach(result -> families.claims.remove(pool, result));
        families.changesDropped.remove(pool);
        families.reconciled.remove(pool, "received");
        families.reconciled.remove(pool, "sent");
    }

    private Map<AffinityKey.Kind, Counter.Child> children(Lookup result) {
        return switch (result) {
            case HIT -> hits;
            case MISS -> misses;
            case MOVED -> moves;
        };
    }
}
