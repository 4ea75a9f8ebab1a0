package io.hawser.affinity;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What one pool remembers of its sessions: key to backend, for a time since the last use, up to a bound.
 *
 * <p>Every method may be called from any thread, event loops too: none blocks, and all but {@link #claim} touch local
 * memory only. Times are milliseconds of a monotonic clock that the caller keeps.
 */
public interface AffinityTable {

    /**
     * One remembered key.
     *
     * @param key the key
     * @param backend the id of the backend that it is tied to
     * @param lastUsedMillis when it was last used
     */
    record Entry(AffinityKey key, String backend, long lastUsedMillis) {}

    /** The backend's id that the key is tied to, or null when it is unknown or has expired. Not a use. */
    @Nullable String find(AffinityKey key, long nowMillis);

    /** What is known of a key, or null when it is unknown or has expired; for people. Not a use. */
    @Nullable Entry lookUp(AffinityKey key, long nowMillis);

    /**
     * Ties a key that nobody knows to the proposed backend, unless somebody else was first.
     *
     * @return the id of the backend that the key is tied to now; completes within the table's claim wait, on any
     *     thread, and never exceptionally: when the answer can't be had in time it is the proposal
     */
    CompletionStage<String> claim(AffinityKey key, String backend, long nowMillis);

    /** Notes that a connection with this key reached this backend: the key is tied to it from now on. */
    void used(AffinityKey key, String backend, long nowMillis);

    /** Forgets one key; says whether it was known. */
    boolean forget(AffinityKey key);

    /** Forgets every key, or every key tied to one backend, and says how many. */
    int clear(@Nullable String backend);

    /** Entries held now, expired ones that no one has looked for included. */
    int size();

    /** Entries dropped so far because the table was full. */
    long evictions();

    /** A sample of the entries, the latest used first, for people to look at. */
    List<Entry> entries(int limit, long nowMillis);
}
