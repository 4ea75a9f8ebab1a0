package io.hawser.balance;

import io.hawser.pool.BackendView;

/** Compares backends by how busy each would be with one connection more, for its weight. */
final class RelativeLoad {

    private RelativeLoad() {}

    /**
     * The connections that count: none for an idle backend, else those open and the new one. An idle backend comes
     * before every busy one, and idle ones are equal whatever their weights: otherwise, while there is little to do,
     * the heaviest would do all of it.
     */
    static long connections(BackendView view) {
        int open = view.load().connections();
        return open <= 0 ? 0 : open + 1L;
    }

    /** Below 0 when the first has less to do for its weight, 0 when equal, above 0 when more. */
    static int compare(long connections, int weight, long otherConnections, int otherWeight) {
        return Long.compare(connections * otherWeight, otherConnections * weight);
    }
}
