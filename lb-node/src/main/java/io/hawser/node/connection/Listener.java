package io.hawser.node.connection;

import io.hawser.limit.ClientLimiter;
import io.hawser.limit.ClientUse;
import io.hawser.limit.ConnectionLimit;
import io.hawser.net.IpAddress;
import io.hawser.node.logging.AccessLog;
import io.hawser.node.metrics.ListenerMetrics;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where clients come in: what a listener's sockets share, whichever event loop they belong to.
 *
 * <p>Safe from any thread. The settings may be replaced at any time; a connection keeps those it began with.
 */
final class Listener {

    /** Clients whose limits are counted at once. */
    private static final int MAX_LIMITED_CLIENTS = 200_000;

    private final String id;
    private final ConnectionLimit nodeLimit;
    private final ConnectionLimit limit;
    private final ClientLimiter clientLimiter;
    private final ListenerMetrics metrics;
    private final AccessLog accessLog;
    private final RefusalLog refusals;
    private volatile ListenerSettings settings;

    Listener(
            ListenerSettings settings,
            ConnectionLimit nodeLimit,
            ListenerMetrics metrics,
            AccessLog accessLog,
            LongSupplier nanoTime,
            long hashSeed) {
        this.id = settings.id();
        this.nodeLimit = nodeLimit;
        this.limit = new ConnectionLimit(settings.maxConnections());
        this.clientLimiter = new ClientLimiter(limits(settings), MAX_LIMITED_CLIENTS, hashSeed);
        this.metrics = metrics;
        this.accessLog = accessLog;
        this.refusals = new RefusalLog(id, nanoTime);
        this.settings = settings;
    }

    private static ClientLimiter.Limits limits(ListenerSettings settings) {
        return new ClientLimiter.Limits(settings.maxConnectionsPerClient(), settings.newConnectionsPerClient());
    }

    void become(ListenerSettings next) {
        settings = next;
        limit.setMax(next.maxConnections());
        clientLimiter.setLimits(limits(next));
    }

    String id() {
        return id;
    }

    ListenerSettings settings() {
        return settings;
    }

    ListenerMetrics metrics() {
        return metrics;
    }

    boolean logsAccess() {
        return accessLog.isOn();
    }

    /** Takes a place for a connection; null when there is one, else which limit is reached. */
    @Nullable Ending acquire() {
        if (!nodeLimit.tryAcquire()) {
            return Ending.NODE_LIMIT;
        }
        if (!limit.tryAcquire()) {
            nodeLimit.release();
            return Ending.LISTENER_LIMIT;
        }
        metrics.opened();
        return null;
    }

    boolean permits(IpAddress client) {
        return settings.access().permits(client);
    }

    ClientLimiter.Admission admit(IpAddress client, long nowNanos) {
        return clientLimiter.tryAcquire(limited(client), nowNanos);
    }

    List<ClientUse> busiestClients(int nodes, int most) {
        return clientLimiter.busiest(nodes, most);
    }

    void setClientsElsewhere(Collection<ClientUse> uses) {
        clientLimiter.setElsewhere(uses);
    }

    /** Who counts as one client: an IPv6 host has the whole of its /64 to choose addresses from (RFC 8981). */
    private static IpAddress limited(IpAddress client) {
        return client.prefix(32, 64);
    }

    /** Counts and tells a refusal. */
    void refused(Ending ending, IpAddress client, String why) {
        refusals.refused(ending, client, why);
    }

    /** Counts a connection that got no place. */
    void refusedAtLimit(Ending ending, IpAddress client) {
        metrics.error(ending.label());
        refusals.refused(ending, client, "the limit is reached");
    }

    void acceptPaused(Throwable cause) {
        metrics.acceptPaused();
        refusals.acceptPaused(cause);
    }

    /** Gives back what a connection took, and writes it down. */
    void ended(Account account, Ending ending, boolean holdsClientPlace, long nowNanos) {
        limit.release();
        nodeLimit.release();
        metrics.closed();
        if (holdsClientPlace) {
            clientLimiter.release(limited(account.client()));
        }
        if (ending.isError()) {
            metrics.error(ending.label());
        }
        if (accessLog.isOn()) {
            accessLog.log(account.record(id, ending, Instant.now(), nowNanos));
        }
    }
}
