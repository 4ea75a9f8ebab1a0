package io.hawser.node.connection;

import io.hawser.net.Endpoint;
import io.hawser.net.IpAddress;
import io.hawser.node.pool.Pool;
import io.hawser.selection.Selection;
import org.jspecify.annotations.Nullable;

/** One open connection at one moment, for people to look at; fields that are not known yet are null. */
public record OpenConnection(
        long number,
        String listener,
        IpAddress clientAddress,
        String client,
        String phase,
        @Nullable String serverName,
        @Nullable String alpn,
        @Nullable String pool,
        @Nullable String backend,
        @Nullable String reason,
        long ageNanos,
        long idleNanos,
        long bytesIn,
        long bytesOut) {

    /** Which connections somebody wants to see; asked on event loops, for each connection. */
    public interface Filter {
        boolean matches(String listener, @Nullable String pool, @Nullable String backend, IpAddress clientAddress);
    }

    static boolean matches(Filter filter, String listener, Account account) {
        return filter.matches(listener, poolId(account.pool()), backendId(account.chosen()), account.client());
    }

    OpenConnection(Account account, String listener, String phase, long nowNanos) {
        this(
                account.number(),
                listener,
                account.client(),
                new Endpoint(account.client().toString(), account.clientPort()).toString(),
                phase,
                account.serverName(),
                account.alpn(),
                poolId(account.pool()),
                backendId(account.chosen()),
                reason(account.chosen()),
                nowNanos - account.acceptedNanos(),
                account.connectNanos() < 0 ? 0 : Math.max(0, nowNanos - account.lastActivityNanos()),
                account.bytesFromClient(),
                account.bytesFromBackend());
    }

    private static @Nullable String poolId(@Nullable Pool pool) {
        return pool == null ? null : pool.id();
    }

    private static @Nullable String backendId(Selection.@Nullable Chosen chosen) {
        return chosen == null ? null : chosen.backend().backend().id();
    }

    private static @Nullable String reason(Selection.@Nullable Chosen chosen) {
        return chosen == null ? null : chosen.reason().label();
    }
}
