package io.hawser.node.state.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import io.hawser.affinity.AffinitySegment;
import io.hawser.affinity.Clearing;
import io.hawser.affinity.Clearings;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** What code that arrives from another member needs of this one. Safe from any thread. */
final class LocalContext {

    /** Where it is found in an instance's user context. */
    static final String KEY = "io.hawser";

    /** Longer than a change may be on its way: an operation is given up sooner. */
    private static final long CLEARINGS_MILLIS = 30_000;

    private final LongSupplier clock;
    private final long hashSeed;
    private final Map<String, HazelcastTable> tables = new ConcurrentHashMap<>();
    /** By pool; also of pools that are not configured here, whose segments may lie here all the same. */
    private final Map<String, Clearings> clearings = new ConcurrentHashMap<>();

    /**
     * A member with no tables.
     *
     * @param clock milliseconds of this node's monotonic clock
     * @param hashSeed a secret of this process, for its hash tables
     */
    LocalContext(LongSupplier clock, long hashSeed) {
        this.clock = clock;
        this.hashSeed = hashSeed;
    }

    static LocalContext of(HazelcastInstance instance) {
        if (instance.getUserContext().get(KEY) instanceof LocalContext context) {
            return context;
        }
        throw new IllegalStateException("the member " + instance.getName() + " is none of Hawser's");
    }

    long nowMillis() {
        return clock.getAsLong();
    }

    AffinitySegment newSegment() {
        return new AffinitySegment(hashSeed);
    }

    /** The tables that this node shares, by pool. */
    Map<String, HazelcastTable> tables() {
        return tables;
    }

    /** What this node has heard of clearings of a pool's table. */
    Clearings clearings(String pool) {
        return clearings.computeIfAbsent(pool, name -> new Clearings(CLEARINGS_MILLIS, nowMillis()));
    }

    /** Forgets what is cleared of this node's copy of a table; says how many entries that were. */
    int clear(String pool, Clearing clearing) {
        HazelcastTable table = tables.get(pool);
        if (table == null) {
            clearings(pool).hear(clearing, nowMillis());
            return 0;
        }
        return table.clear(clearing);
    }
}
