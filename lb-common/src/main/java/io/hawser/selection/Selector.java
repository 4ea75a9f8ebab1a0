package io.hawser.selection;

import io.hawser.affinity.AffinityKey;
import io.hawser.affinity.AffinityTable;
import io.hawser.balance.Balancer;
import io.hawser.pool.BackendView;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides which backend takes a connection: the data path asks, and so does who explains it, with the same answer.
 *
 * <p>Changes nothing but the turn of a balancer that goes in turn. Safe from any thread.
 */
public final class Selector {

    private Selector() {}

    /**
     * Chooses a backend for a connection.
     *
     * <p>The keys are looked up in order. The first that is tied to a backend which keeps sessions, isn't full and
     * wasn't tried decides. A key that is tied to one that can't be used moves, to where a later key or else the
     * balancer says; a key that is tied to one that is full stays, and only this connection goes elsewhere, with all
     * its keys left as they are.
     *
     * @param pool the pool as it is now
     * @param table where the keys are looked up; not asked when there are none
     * @param keys the connection's keys, the one to heed first first
     * @param hash of the client, for balancers that hash
     * @param tried ids of the backends that this connection could not reach; not those that were merely full
     * @param random for balancers that use chance
     * @param nowMillis on the table's clock
     */
    public static Selection select(
            PoolView pool,
            AffinityTable table,
            List<AffinityKey> keys,
            long hash,
            Collection<String> tried,
            RandomGenerator random,
            long nowMillis) {
        AffinityKey displaced = null;
        String displacedFrom = null;
        Selection.Reason displacedHow = Selection.Reason.MOVED;
        // By index: an iterator per connection is garbage for nothing.
        for (int i = 0; i < keys.size(); i++) {
            AffinityKey key = keys.get(i);
            String tiedTo = table.find(key, nowMillis);
            if (tiedTo == null) {
                continue;
            }
            BackendView backend = pool.find(tiedTo);
            boolean keeps = backend != null && pool.keepsSessions(backend) && !tried.contains(tiedTo);
            if (backend != null && keeps && !isFull(pool, key, backend)) {
                return displaced == null
                        ? new Selection.Chosen(backend, Selection.Reason.AFFINITY, key, tiedTo)
                        : elsewhere(backend, displacedHow, displaced, displacedFrom);
            }
            // A full one overrules one that is gone: what is kept back can move later, what has moved is lost.
            boolean overrules = keeps && displacedHow == Selection.Reason.MOVED;
            if (displaced == null || overrules) {
                displaced = key;
                displacedFrom = tiedTo;
                displacedHow = keeps ? Selection.Reason.OVERFLOW : Selection.Reason.MOVED;
            }
        }
        BackendView balanced = balance(pool, hash, tried, random);
        if (balanced == null) {
            return new Selection.Refused(cause(pool, tried));
        }
        if (displaced != null) {
            return elsewhere(balanced, displacedHow, displaced, displacedFrom);
        }
        Selection.Reason reason = pool.failingOpen() ? Selection.Reason.FAIL_OPEN : Selection.Reason.BALANCER;
        return new Selection.Chosen(balanced, reason, null, null);
    }

    /** Another backend than the key's; or that very one, when it was full and has a place again: loads are live. */
    private static Selection.Chosen elsewhere(
            BackendView backend, Selection.Reason how, AffinityKey key, @Nullable String tiedTo) {
        boolean isHome = backend.backend().id().equals(tiedTo);
        return new Selection.Chosen(backend, isHome ? Selection.Reason.AFFINITY : how, key, tiedTo);
    }

    private static @Nullable BackendView balance(
            PoolView pool, long hash, Collection<String> tried, RandomGenerator random) {
        Predicate<BackendView> usable = tried.isEmpty()
                ? Selector::isNotFull
                : backend ->
                        isNotFull(backend) && !tried.contains(backend.backend().id());
        for (int i = 0; i < pool.tiers().size(); i++) {
            BackendView chosen = pool.tiers().get(i).choose(hash, usable, random);
            if (chosen != null) {
                return chosen;
            }
        }
        return null;
    }

    /** The name of a ticket's issuer can be forged: a connection that has nothing else to show finds less room. */
    private static boolean isFull(PoolView pool, AffinityKey key, BackendView backend) {
        return backend.isFull() || (key.kind() == AffinityKey.Kind.TLS_ISSUER && pool.isOverloaded(backend));
    }

    private static boolean isNotFull(BackendView backend) {
        return !backend.isFull();
    }

    private static Selection.Cause cause(PoolView pool, Collection<String> tried) {
        boolean any = !tried.isEmpty();
        for (Balancer tier : pool.tiers()) {
            for (BackendView candidate : tier.candidates()) {
                any = true;
                if (!tried.contains(candidate.backend().id())) {
                    return Selection.Cause.POOL_FULL;
                }
            }
        }
        return any ? Selection.Cause.ALL_TRIED : Selection.Cause.NO_BACKEND;
    }
}
