package io.hawser.affinity;

import org.jspecify.annotations.Nullable;

/**
 * An operator's order to forget something on every node.
 *
 * @param id by which nodes know it again; drawn at random
 * @param key the one key to forget; null when not one key is meant
 * @param backend the one whose keys are to be forgotten; null, without a key, for everything
 */
public record Clearing(long id, @Nullable AffinityKey key, @Nullable String backend) {

    /** Whether this entry is to be forgotten. */
    public boolean covers(AffinityTable.Entry entry) {
        if (key != null) {
            return key.equals(entry.key());
        }
        return backend == null || backend.equals(entry.backend());
    }
}
