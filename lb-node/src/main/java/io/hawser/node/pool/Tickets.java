package io.hawser.node.pool;

import io.hawser.affinity.IssuerNames;
import java.util.List;

/** What a backend's session tickets are worth for finding it again. */
public enum Tickets {
    /** They begin with the name of the key that sealed them. */
    NAMED("its session tickets name it: sessions of TLS 1.3 find it again"),
    /** They begin with chance: the server keeps the sessions itself, or names no key. */
    NAMELESS("its session tickets name no issuer: sessions of TLS 1.3 are tied by the next kind of affinity"),
    /** It gives none. */
    NONE("it gives no session tickets");

    private final String description;

    Tickets(String description) {
        this.description = description;
    }

    /** For people. */
    public String description() {
        return description;
    }

    static Tickets of(List<byte[]> given) {
        if (given.isEmpty()) {
            return NONE;
        }
        return IssuerNames.commonLength(given) > 0 ? NAMED : NAMELESS;
    }
}
