package io.hawser.affinity;

import org.jspecify.annotations.Nullable;

/**
 * Who issues the tickets that begin with one name.
 *
 * @param name the ticket key's name, as a key of the kind TLS_ISSUER
 * @param backend the id of the backend; null when several accept these tickets, so that they tie nobody
 * @param origin how it came to be known
 * @param lastSeenMillis when it was last confirmed, on the table's clock
 */
public record Issuer(AffinityKey name, @Nullable String backend, Origin origin, long lastSeenMillis) {

    /** How an issuer came to be known. The codes stand in messages between nodes; they never change. */
    public enum Origin {
        /** A backend gave these tickets to a probe of ours. */
        PROBE(0, "probe"),
        /** A backend accepted them from clients, or gave them in the clear. */
        TRAFFIC(1, "traffic"),
        /** It follows from what was seen: the next name of a server that counts them up. */
        PREDICTED(2, "predicted"),
        /** The operator says so. */
        CONFIGURED(3, "configured");

        private final int code;
        private final String label;

        Origin(int code, String label) {
            this.code = code;
            this.label = label;
        }

        public int code() {
            return code;
        }

        public String label() {
            return label;
        }

        /** The origin with this code; TRAFFIC, which claims the least, for codes of later versions. */
        public static Origin ofCode(int code) {
            for (Origin origin : values()) {
                if (origin.code == code) {
                    return origin;
                }
            }
            return TRAFFIC;
        }
    }

    public boolean isShared() {
        return backend == null;
    }
}
