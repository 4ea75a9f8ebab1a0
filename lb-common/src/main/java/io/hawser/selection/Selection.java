package io.hawser.selection;

import io.hawser.affinity.AffinityKey;
import io.hawser.pool.BackendView;
import org.jspecify.annotations.Nullable;

/** Which backend takes a connection, and why. */
public sealed interface Selection {

    /** Why a backend was chosen; the label stands in the access log. */
    enum Reason {
        /** A key of the connection is tied to it. */
        AFFINITY("affinity"),
        /** No key of the connection is known. */
        BALANCER("balancer"),
        /** A key is tied to a backend that can't be used: the session moves. */
        MOVED("moved"),
        /** A key is tied to a backend that is full: this one connection goes elsewhere, the session stays. */
        OVERFLOW("overflow"),
        /** All backends look down, so all are tried. */
        FAIL_OPEN("fail-open");

        private final String label;

        Reason(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }

        /** Whether the keys of the connection are tied to the backend once it is reached. */
        public boolean ties() {
            return this != OVERFLOW;
        }
    }

    /**
     * A backend takes it.
     *
     * @param backend the one chosen
     * @param reason why
     * @param key the key that decided, that moved, or that would have decided had its backend not been full; null when
     *     none is known
     * @param tiedTo the id of the backend that the key is tied to; null when none is known. Other than the chosen
     *     one's exactly when the reason is MOVED or OVERFLOW
     */
    record Chosen(BackendView backend, Reason reason, @Nullable AffinityKey key, @Nullable String tiedTo)
            implements Selection {}

    /** No backend can: all full, all tried, or none to take new sessions. */
    record Refused(Cause cause) implements Selection {}

    /** Why none could be chosen; the label is the metric's reason. */
    enum Cause {
        /** The operator lets no backend take new sessions, or the pool has none. */
        NO_BACKEND("no-backend"),
        /** Every backend that was not tried yet is full. */
        POOL_FULL("pool-full"),
        /** Every backend was tried. */
        ALL_TRIED("connect-failed");

        private final String label;

        Cause(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }
}
