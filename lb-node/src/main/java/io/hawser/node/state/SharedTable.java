package io.hawser.node.state;

import io.hawser.affinity.AffinityKey;
import io.hawser.affinity.AffinityTable;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A pool's affinity table that all nodes share: the data path reads and writes this node's copy, and what has changed is
 * told to the others behind it.
 */
public interface SharedTable extends AffinityTable {

    /** Another time to live and another bound hold from now on. */
    void reconfigure(long ttlMillis, int maxEntries);

    /** Forgets one key on every node; completes with whether anybody knew it, exceptionally when the cluster can't say. */
    CompletionStage<Boolean> forgetEverywhere(AffinityKey key);

    /**
     * Forgets on every node all that is tied to a backend, or everything when it is null; completes with the number of
     * entries, exceptionally when the cluster can't say.
     */
    CompletionStage<Integer> clearEverywhere(@Nullable String backend);
}
