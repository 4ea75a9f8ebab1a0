package io.hawser.node.admin;

import io.hawser.net.Cidr;
import io.hawser.net.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * Which connections somebody wants to see; null stands for all.
 *
 * @param listener the listener's id
 * @param pool the pool's id
 * @param backend the backend's id
 * @param client the network that the client's address lies in
 */
public record ConnectionFilter(
        @Nullable String listener, @Nullable String pool, @Nullable String backend, @Nullable Cidr client) {

    /** The most connections in one answer. */
    public static final int MAX_LIMIT = 10_000;

    /** Connections in an answer when nobody says how many. */
    public static final int DEFAULT_LIMIT = 100;

    /**
     * Whether a connection is wanted.
     *
     * @param onPool the pool's id; null while the connection has none
     * @param onBackend the backend's id; null while the connection has none
     */
    public boolean matches(
            String onListener, @Nullable String onPool, @Nullable String onBackend, IpAddress clientAddress) {
        return (listener == null || listener.equals(onListener))
                && (pool == null || pool.equals(onPool))
                && (backend == null || backend.equals(onBackend))
                && (client == null || client.contains(clientAddress));
    }
}
