package io.hawser.affinity;

import io.hawser.tls.ClientHello;
import io.hawser.tls.PskIdentity;
import io.hawser.tls.ServerFlight;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client's hello offers to resume a TLS session by, and what is learned once the server has said what it makes of
 * it.
 *
 * <p>Of one connection; confined to its thread. Holds the offered secrets only until the server's side is known: drop it
 * then.
 */
public final class SessionOffer {

    /** Clients offer one or two; more would only cost time. */
    private static final int MAX_IDENTITIES = 4;

    private static final byte[] NO_BYTES = {};

    private final List<byte[]> identities;
    private final byte[] ticket;
    private final byte[] sessionId;

    private SessionOffer(List<byte[]> identities, byte[] ticket, byte[] sessionId) {
        this.identities = identities;
        this.ticket = ticket;
        this.sessionId = sessionId;
    }

    /**
     * Reads the offer.
     *
     * @param echPublicNames server names behind which hellos are encrypted (RFC 9849): the keys that are visible then
     *     are random, and the server's answer is to others
     */
    public static SessionOffer of(ClientHello hello, Set<String> echPublicNames) {
        String name = hello.serverName();
        boolean hidden = hello.offersEch() && name != null && echPublicNames.contains(name);
        List<byte[]> identities = List.of();
        if (hello.offersPsk() && !hidden) {
            identities = new ArrayList<>(2);
            for (PskIdentity psk : hello.pskIdentities()) {
                // RFC 8446 section 4.2.11: an age of 0 marks keys that come from elsewhere. They keep their place: the
                // server answers by index.
                boolean external = psk.obfuscatedTicketAge() == 0;
                identities.add(external ? NO_BYTES : psk.identity());
                if (identities.size() == MAX_IDENTITIES) {
                    break;
                }
            }
        }
        return hidden
                ? new SessionOffer(List.of(), NO_BYTES, NO_BYTES)
                : new SessionOffer(identities, hello.sessionTicket(), hello.sessionId());
    }

    /**
     * Adds the keys by which the session may be known, the surest first: a ticket that was seen when it was issued, the
     * issuer of a ticket, a session id.
     */
    void addKeys(IssuerTable issuers, long nowMillis, List<AffinityKey> into) {
        if (ticket.length > 0) {
            into.add(AffinityKeys.digest(AffinityKey.Kind.TLS_TICKET, ticket));
            addIssuer(issuers, ticket, nowMillis, into);
        }
        for (int i = 0; i < identities.size(); i++) {
            if (addIssuer(issuers, identities.get(i), nowMillis, into)) {
                break;
            }
        }
        // With a ticket the id is a name of the client's own choice; with a pre-shared key it is random.
        if (sessionId.length > 0 && ticket.length == 0 && identities.isEmpty()) {
            into.add(AffinityKeys.digest(AffinityKey.Kind.TLS_SESSION_ID, sessionId));
        }
    }

    private static boolean addIssuer(IssuerTable issuers, byte[] ticket, long nowMillis, List<AffinityKey> into) {
        AffinityKey name = issuers.nameOf(ticket, nowMillis);
        return name != null && into.add(name);
    }

    /** What the server made of the offer. */
    public enum Outcome {
        /** The client offered nothing to resume. */
        NOTHING_OFFERED("none"),
        /** A session goes on: the connection reached the backend that knows it. */
        RESUMED("resumed"),
        /** The server knew nothing of what was offered, or did not want it: a new session begins. */
        REFUSED("refused");

        private final String label;

        Outcome(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    /**
     * Learns from the server's answer.
     *
     * @param flight the answer
     * @param backend the id of the backend that gave it
     * @param table where keys of sessions are remembered
     * @param issuers where issuers are remembered
     * @param news takes what has become known of issuers and is worth telling other nodes
     */
    public Outcome learn(
            ServerFlight flight,
            String backend,
            AffinityTable table,
            IssuerTable issuers,
            long nowMillis,
            List<Issuer> news) {
        if (flight.isTls13()) {
            return learnTls13(flight, backend, issuers, nowMillis, news);
        }
        byte[] issued = flight.ticket();
        if (issued.length > 0) {
            table.used(AffinityKeys.digest(AffinityKey.Kind.TLS_TICKET, issued), backend, nowMillis);
            news.addAll(issuers.seen(issued, backend, nowMillis));
        }
        byte[] id = flight.sessionId();
        if (flight.resumed() && ticket.length > 0) {
            table.used(AffinityKeys.digest(AffinityKey.Kind.TLS_TICKET, ticket), backend, nowMillis);
            news.addAll(issuers.seen(ticket, backend, nowMillis));
        } else if (id.length > 0 && issued.length == 0) {
            // Who was given a ticket comes back with the ticket.
            table.used(AffinityKeys.digest(AffinityKey.Kind.TLS_SESSION_ID, id), backend, nowMillis);
        }
        if (flight.resumed()) {
            return Outcome.RESUMED;
        }
        if (ticket.length > 0) {
            issuers.refused(ticket, backend, nowMillis);
            return Outcome.REFUSED;
        }
        // A client of TLS 1.3 sends an id in any case: that it was not taken up says nothing.
        return Outcome.NOTHING_OFFERED;
    }

    private Outcome learnTls13(
            ServerFlight flight, String backend, IssuerTable issuers, long nowMillis, List<Issuer> news) {
        if (identities.isEmpty()) {
            return Outcome.NOTHING_OFFERED;
        }
        int selected = flight.selectedPsk();
        byte @Nullable [] accepted = selected >= 0 && selected < identities.size() ? identities.get(selected) : null;
        if (flight.resumed()) {
            if (accepted != null) {
                news.addAll(issuers.seen(accepted, backend, nowMillis));
            }
            return Outcome.RESUMED;
        }
        for (byte[] identity : identities) {
            issuers.refused(identity, backend, nowMillis);
        }
        return Outcome.REFUSED;
    }
}
