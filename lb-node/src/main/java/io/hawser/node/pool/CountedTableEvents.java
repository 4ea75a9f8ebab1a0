package io.hawser.node.pool;

import io.hawser.node.metrics.AffinityMetrics;
import io.hawser.node.state.TableEvents;

/** Counts what happens between a node's copy of a table and the others. */
record CountedTableEvents(AffinityMetrics metrics) implements TableEvents {

    @Override
    public void claimed(Claim result) {
        metrics.claimed(result.label());
    }

    @Override
    public void dropped() {
        metrics.changeDropped();
    }

    @Override
    public void reconciled(int received, int sent) {
        metrics.reconciled(received, sent);
    }
}
