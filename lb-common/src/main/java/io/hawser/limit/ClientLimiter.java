package io.hawser.limit;

import io.hawser.hash.Hash64;
import io.hawser.net.IpAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Limits what one client may have open, and open a second. Safe from any thread: clients are divided into stripes,
 * each with a lock that is held for less than a microsecond, except while its arrays grow.
 *
 * <p>A client keeps its place while it has connections open, and after that until its rate is of no account any more or
 * its place is needed. When all places are taken by clients with open connections, a new client is let in uncounted: a
 * flood of addresses must not shut out everybody else, and the listener's own limit still holds. {@link #untracked()}
 * says how often; a table with as many places as the listener may have connections is hardly ever full. While both
 * limits are 0 everyone is let in, and nothing is kept, locked or counted.
 */
public final class ClientLimiter {

    /** What becomes of a new connection. */
    public enum Admission {
        /** Let in; {@link #release} is due when it ends. */
        ADMITTED,
        /** Let in uncounted: no release is due. */
        UNTRACKED,
        /** Refused: the client has as many connections open as it may. */
        TOO_MANY_OPEN,
        /** Refused: the client opens connections faster than it may. */
        TOO_FAST;

        /** Whether the connection may go on. */
        public boolean admitted() {
            return this == ADMITTED || this == UNTRACKED;
        }
    }

    /**
     * What a client may.
     *
     * @param maxOpen connections that it may have open; 0 is no limit
     * @param newPerSecond connections that it may open a second, on the average, and as many at once; 0 is no limit
     */
    public record Limits(int maxOpen, int newPerSecond) {

        public Limits {
            if (maxOpen < 0 || newPerSecond < 0) {
                throw new IllegalArgumentException("limits of " + maxOpen + " open and " + newPerSecond
                        + " new connections a second must not be negative; 0 is no limit");
            }
        }

        /** What is left of them here; there is always a little left of the rate, since what is told is a second old. */
        Limits less(ClientUse elsewhere) {
            return new Limits(
                    maxOpen == 0 ? 0 : maxOpen - elsewhere.open(),
                    newPerSecond == 0 ? 0 : Math.max(1, newPerSecond - elsewhere.begun()));
        }

        boolean none() {
            return maxOpen == 0 && newPerSecond == 0;
        }
    }

    private static final int MAX_STRIPES = 64;
    private static final int CLIENTS_A_STRIPE = 1024;

    private final ClientStripe[] stripes;
    private final long hashSeed;
    private final LongAdder untracked = new LongAdder();
    private volatile Limits limits;
    /** What the other nodes of the cluster have told of their clients, added up. */
    private volatile Map<IpAddress, ClientUse> elsewhere = Map.of();

    /**
     * A limiter that has seen nobody.
     *
     * @param limits what a client may
     * @param maxClients places for clients, above 0; memory is taken only as they fill, some 45 to 70 bytes each
     * @param hashSeed a random number kept secret: without it, clients could choose addresses that all fall into one
     *     place of the table
     */
    public ClientLimiter(Limits limits, int maxClients, long hashSeed) {
        if (maxClients <= 0) {
            throw new IllegalArgumentException("a table for " + maxClients + " clients holds nobody");
        }
        int count = Math.min(MAX_STRIPES, Integer.highestOneBit(Math.max(1, maxClients / CLIENTS_A_STRIPE)));
        this.stripes = new ClientStripe[count];
        for (int i = 0; i < count; i++) {
            stripes[i] = new ClientStripe(maxClients / count + (i < maxClients % count ? 1 : 0), hashSeed);
        }
        this.limits = limits;
        this.hashSeed = hashSeed;
    }

    /** Sets other limits. What is open stays open; what was let in while there were none is never counted. */
    public void setLimits(Limits limits) {
        this.limits = limits;
    }

    /**
     * Decides on a new connection.
     *
     * @param client its address, cut to the prefix that counts as one client
     * @param nowNanos on any monotonic clock, always the same
     */
    public Admission tryAcquire(IpAddress client, long nowNanos) {
        Limits now = limits;
        if (now.none()) {
            return Admission.UNTRACKED;
        }
        Map<IpAddress, ClientUse> others = elsewhere;
        ClientUse there = others.isEmpty() ? null : others.get(client);
        if (there != null && now.maxOpen() > 0 && there.open() >= now.maxOpen()) {
            return Admission.TOO_MANY_OPEN;
        }
        Admission admission = stripe(client).tryAcquire(client, there == null ? now : now.less(there), nowNanos);
        if (admission == Admission.UNTRACKED) {
            untracked.increment();
        }
        return admission;
    }

    /**
     * A connection that was {@link Admission#ADMITTED} has ended.
     *
     * @throws IllegalStateException when the client has none
     */
    public void release(IpAddress client) {
        stripe(client).release(client);
    }

    /**
     * Which clients make so much use of this node that others should know; begins to count new connections anew.
     *
     * @param nodes among which the limits are shared: told is who uses half of a node's share
     * @param most to tell at once; when there are more, those are told that have most
     */
    public List<ClientUse> busiest(int nodes, int most) {
        Limits now = limits;
        if (now.none()) {
            return List.of();
        }
        int openAtLeast = now.maxOpen() == 0 ? Integer.MAX_VALUE : Math.max(1, now.maxOpen() / (2 * nodes));
        int begunAtLeast = now.newPerSecond() == 0 ? Integer.MAX_VALUE : Math.max(1, now.newPerSecond() / (2 * nodes));
        List<ClientUse> busy = new ArrayList<>();
        for (ClientStripe stripe : stripes) {
            stripe.collect(openAtLeast, begunAtLeast, busy);
        }
        if (busy.size() > most) {
            busy.sort(Comparator.comparingLong((ClientUse use) -> (long) use.open() + use.begun())
                    .reversed());
            return List.copyOf(busy.subList(0, most));
        }
        return busy;
    }

    /** What clients have on the other nodes, as far as that is known; counts against the limits here from now on. */
    public void setElsewhere(Collection<ClientUse> uses) {
        if (uses.isEmpty()) {
            elsewhere = Map.of();
            return;
        }
        Map<IpAddress, ClientUse> sums = new HashMap<>();
        uses.forEach(use -> sums.merge(use.client(), use, ClientUse::plus));
        elsewhere = Map.copyOf(sums);
    }

    /** Clients remembered now. */
    public int clients() {
        int clients = 0;
        for (ClientStripe stripe : stripes) {
            clients += stripe.size();
        }
        return clients;
    }

    /** Connections let in uncounted so far because all places were taken. */
    public long untracked() {
        return untracked.sum();
    }

    private ClientStripe stripe(IpAddress client) {
        // Upper bits, and of another mix than the stripe's own table goes by: the two must not depend on each other.
        long hash = Hash64.mix(Hash64.mix(client.high(), client.low()), hashSeed);
        return stripes[(int) (hash >>> 32) & stripes.length - 1];
    }
}
