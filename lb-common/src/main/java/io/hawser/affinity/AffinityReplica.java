package io.hawser.affinity;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * One node's copy of a table that several share, as what other nodes tell reaches it, in whatever order.
 *
 * <p>This node's own uses go to the table itself, beside it. Safe from any thread.
 */
public final class AffinityReplica {

    private final LocalAffinityTable table;
    private final Clearings clearings;

    /** @param clearings of this node and this table, which segments of it that lie here look at as well */
    public AffinityReplica(LocalAffinityTable table, Clearings clearings) {
        this.table = table;
        this.clearings = clearings;
    }

    /** Takes in what another node tells; says how many entries were new here, or later. */
    public synchronized int merge(AffinityBatch batch, long nowMillis) {
        int merged = 0;
        for (AffinityTable.Entry entry : clearings.sift(batch, nowMillis)) {
            if (table.merge(entry, nowMillis)) {
                merged++;
            }
        }
        return merged;
    }

    /** The entries that are wanted, for others. */
    public AffinityBatch read(Predicate<AffinityTable.Entry> wanted, long nowMillis) {
        // First what is known of clearings: one that comes meanwhile makes the entries void.
        KnownClearings known = clearings.known(nowMillis);
        List<AffinityTable.Entry> entries = new ArrayList<>();
        table.forEach(nowMillis, entry -> {
            if (wanted.test(entry)) {
                entries.add(entry);
            }
        });
        return new AffinityBatch(entries, known);
    }

    /**
     * Forgets what was cleared; without effect when it was before.
     *
     * @return how many entries that were
     */
    public synchronized int clear(Clearing clearing, long nowMillis) {
        if (!clearings.hear(clearing, nowMillis)) {
            return 0;
        }
        AffinityKey key = clearing.key();
        if (key != null) {
            return table.forget(key) ? 1 : 0;
        }
        return table.clear(clearing.backend());
    }
}
