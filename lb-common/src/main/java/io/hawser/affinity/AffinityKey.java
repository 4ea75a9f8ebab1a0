package io.hawser.affinity;

/**
 * What ties a client to its backend, within one pool, in 128 bits.
 *
 * <p>A client's address prefix is held as it is; what TLS peers send is held as the first 128 bits of its SHA-256, so
 * that no table holds a session's secret.
 *
 * @param kind what the bits are
 * @param high the upper 64 bits
 * @param low the lower 64 bits
 */
public record AffinityKey(Kind kind, long high, long low) {

    /** The kinds of key, in the order of their codes in packed tables: append only. */
    public enum Kind {
        CLIENT_IP("client-ip"),
        TLS_SESSION_ID("tls-session-id"),
        TLS_TICKET("tls-ticket"),
        TLS_ISSUER("tls-issuer");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        /** The kind as metrics, logs and lbctl write it. */
        public String label() {
            return label;
        }
    }
}
