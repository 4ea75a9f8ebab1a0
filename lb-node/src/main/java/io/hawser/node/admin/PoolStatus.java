package io.hawser.node.admin;

import io.hawser.pool.OperatorState;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One pool with its backends.
 *
 * @param pool its id
 * @param balance the balancer's name, as configured
 * @param failOpen whether all backends look down, so that all are tried
 * @param affinity what ties clients to backends; null when affinity is off
 * @param backends in the order of the configuration
 */
public record PoolStatus(
        String pool, String balance, boolean failOpen, @Nullable Affinity affinity, List<BackendStatus> backends) {

    /**
     * What ties clients to backends.
     *
     * @param by the kinds of key, in order
     * @param ttlSeconds how long a key is remembered since its last use
     * @param entries keys remembered now
     * @param maxEntries the most that are
     */
    public record Affinity(List<String> by, long ttlSeconds, long entries, long maxEntries) {}

    /**
     * One backend.
     *
     * @param backend its id
     * @param address host and port
     * @param health the verdict on it
     * @param operator what the operator wants of it
     * @param setBy who has set that, or its weight; null when neither is set
     * @param weight the weight that the operator wants, 0 to 1000
     * @param configuredWeight the weight in the configuration; the operator may want another
     * @param effectiveWeight the weight in force: less while it starts slowly
     * @param backup whether it is used only while no other can be
     * @param active connections open to it now
     * @param maxConnections the most it takes from this node; 0 is no limit
     * @param connections made to it since the start
     * @param connectFailures connects to it that failed since the start
     * @param bytesIn from clients to it since the start
     * @param bytesOut from it to clients since the start
     * @param rates of late
     * @param sinceSeconds how long the verdict has stood
     * @param detail what the last check said, for people; null before the first
     */
    public record BackendStatus(
            String backend,
            String address,
            Health health,
            OperatorState operator,
            @Nullable SetBy setBy,
            int weight,
            int configuredWeight,
            int effectiveWeight,
            boolean backup,
            long active,
            long maxConnections,
            long connections,
            long connectFailures,
            long bytesIn,
            long bytesOut,
            Rates rates,
            long sinceSeconds,
            @Nullable String detail) {}

    /**
     * Who has last set something of a backend.
     *
     * @param node the node that took the order
     * @param at when it did, by its clock
     */
    public record SetBy(String node, Instant at) {}

    /**
     * Means over the last ten seconds.
     *
     * @param connections made a second
     * @param bytesIn a second, from clients
     * @param bytesOut a second, to clients
     */
    public record Rates(double connections, double bytesIn, double bytesOut) {}

    /** The verdict on a backend. */
    public enum Health {
        UP,
        DOWN,
        /** Too many connects in a row failed, whatever the checks say. */
        EJECTED,
        /** Not checked: the pool has no health check. */
        UNCHECKED
    }
}
