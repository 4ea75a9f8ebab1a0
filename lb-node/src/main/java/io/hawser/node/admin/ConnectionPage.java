package io.hawser.node.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of the open client connections.
 *
 * @param connections those asked for, the oldest first
 * @param matching how many the filter lets through, in all
 */
public record ConnectionPage(List<Connection> connections, long matching) {

    public ConnectionPage {
        connections = List.copyOf(connections);
    }

    /**
     * One open client connection.
     *
     * @param connection its number within this node, the same as in the access log
     * @param listener the listener's id
     * @param client the client's address and port
     * @param phase what it is doing: a label of the code, such as {@code hello}, {@code connect} or {@code relay}
     * @param sni the server name that the client asked for, as it sent it; null without one
     * @param alpn the protocols offered, joined by commas; null without any
     * @param pool the pool's id; null before the route is known
     * @param backend the backend's id; null before one is chosen
     * @param reason why this backend; null before one is chosen
     * @param ageSeconds since it was accepted
     * @param idleSeconds since the last byte in either direction
     * @param bytesIn relayed from client to backend
     * @param bytesOut relayed from backend to client
     */
    public record Connection(
            long connection,
            String listener,
            String client,
            String phase,
            @Nullable String sni,
            @Nullable String alpn,
            @Nullable String pool,
            @Nullable String backend,
            @Nullable String reason,
            double ageSeconds,
            double idleSeconds,
            long bytesIn,
            long bytesOut) {}
}
