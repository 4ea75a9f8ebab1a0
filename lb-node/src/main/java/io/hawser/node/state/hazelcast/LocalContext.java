package io.hawser.node.state.hazelcast;

import com.hazelcast.core.HazelcastInstance;
import io.hawser.affinity.AffinitySegment;
import java.util.function.LongSupplier;

/**
 * What code that arrives from another member needs of this one.
 *
 * @param clock milliseconds of this node's monotonic clock
 * @param hashSeed a secret of this process, for its hash tables
 */
record LocalContext(LongSupplier clock, long hashSeed) {

    /** Where it is found in an instance's user context. */
    static final String KEY = "io.hawser";

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
}
