package io.hawser.node.connection;

import io.hawser.affinity.Issuer;
import io.hawser.affinity.SessionOffer;
import io.hawser.node.pool.Pool;
import io.hawser.tls.ServerFlight;
import io.hawser.tls.ServerFlightReader;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * Watches what a backend answers to a hello until it is known which TLS session the connection is of, and has it
 * remembered. Then it is dropped, and the rest of the connection passes unread.
 */
final class SessionWatch {

    private final ServerFlightReader reader = new ServerFlightReader();
    private final SessionOffer offer;
    private final Pool pool;
    private final String backend;

    SessionWatch(SessionOffer offer, Pool pool, String backend) {
        this.offer = offer;
        this.pool = pool;
        this.backend = backend;
    }

    /**
     * The backend sent this, which stays the caller's.
     *
     * @return whether there is nothing more to see
     */
    boolean see(ByteBuf bytes, long nowMillis) {
        if (!reader.read(bytes)) {
            return false;
        }
        ServerFlight flight = reader.flight();
        if (flight != null) {
            List<Issuer> news = new ArrayList<>(2);
            SessionOffer.Outcome outcome =
                    offer.learn(flight, backend, pool.affinity(), pool.issuers(), nowMillis, news);
            pool.affinityMetrics().resumption(outcome.label());
            pool.tell(news);
        }
        return true;
    }
}
