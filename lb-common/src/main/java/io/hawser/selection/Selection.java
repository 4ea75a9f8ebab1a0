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
        /** All backends look down, so all are tried. */
        FAIL_OPEN("fail-open");

        private final String label;

        Reason(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    /**
     * A backend takes it.
     *
     * @param backend the one chosen
     * @param reason why
     * @param key the key that decided, or that was moved; null when none is known
     * @param movedFrom the id of the backend that the key was tied to; null unless the reason is MOVED
     */
    record Chosen(BackendView backend, Reason reason, @Nullable AffinityKey key, @Nullable String movedFrom)
            implements Selection {}

    /** No backend can: all full, all tried, or all taken down by the operator. */
    record Refused(Cause cause) implements Selection {}

    /** Why none could be chosen; the label is the metric's reason. */
    enum Cause {
        NO_BACKEND("no-backend"),
        POOL_FULL("pool-full"),
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
