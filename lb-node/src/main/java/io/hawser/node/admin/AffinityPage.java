package io.hawser.node.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a pool remembers of its sessions.
 *
 * @param pool the pool's id
 * @param by the kinds of affinity, in the order in which they are tried
 * @param ttlSeconds since the last use
 * @param entries held now, on this node as on every other
 * @param maxEntries the bound
 * @param evictions entries dropped so far because the table was full
 * @param tickets what is known of each backend's session tickets; empty when sessions tie nobody
 * @param found the entries asked for, the latest used first
 */
public record AffinityPage(
        String pool,
        List<String> by,
        long ttlSeconds,
        long entries,
        long maxEntries,
        long evictions,
        List<BackendTickets> tickets,
        List<Found> found) {

    public AffinityPage {
        by = List.copyOf(by);
        tickets = List.copyOf(tickets);
        found = List.copyOf(found);
    }

    /**
     * What is known of the session tickets of one backend.
     *
     * @param backend its id; null for names that several backends accept, which tie nobody
     * @param tickets {@code named}, {@code nameless}, {@code none} or {@code unknown}
     * @param detail the same for people
     * @param issuers the names that its tickets begin with
     */
    public record BackendTickets(@Nullable String backend, String tickets, String detail, List<IssuerName> issuers) {

        public BackendTickets {
            issuers = List.copyOf(issuers);
        }
    }

    /**
     * A name that tickets begin with.
     *
     * @param name its digest
     * @param origin how it came to be known: {@code probe}, {@code traffic}, {@code predicted} or {@code configured}
     * @param seenSecondsAgo since it was last confirmed; null when the operator has set it
     */
    public record IssuerName(String name, String origin, @Nullable Long seenSecondsAgo) {}

    /**
     * One entry.
     *
     * @param kind the kind of key
     * @param key the client's network, or the digest of what TLS peers sent
     * @param backend the id of the backend that it is tied to
     * @param idleSeconds since the last use
     */
    public record Found(String kind, String key, String backend, double idleSeconds) {}
}
