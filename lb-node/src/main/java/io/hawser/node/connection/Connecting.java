package io.hawser.node.connection;

import io.hawser.affinity.AffinityKey;
import io.hawser.affinity.AffinityPolicy;
import io.hawser.affinity.SessionOffer;
import io.hawser.node.metrics.AffinityMetrics;
import io.hawser.node.pool.Pool;
import io.hawser.node.pool.PoolSettings;
import io.hawser.node.pool.Target;
import io.hawser.node.stream.Stream;
import io.hawser.node.stream.StreamHandler;
import io.hawser.pool.BackendView;
import io.hawser.proxyprotocol.ProxyHeader;
import io.hawser.proxyprotocol.ProxyHeaderWriter;
import io.hawser.proxyprotocol.TransportAddress;
import io.hawser.selection.Selection;
import io.hawser.selection.Selector;
import io.hawser.tls.ClientHello;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Finds the client a backend: chooses one, connects, and when that fails tries another. What the client sends meanwhile
 * is kept, and replayed to the backend that is reached.
 */
final class Connecting extends Phase {

    /** What a client may send ahead; past that it waits. */
    private static final int MAX_EARLY_BYTES = 64 * 1024;

    /** Last places that may be lost to other connections, each time after having been chosen, before giving up. */
    private static final int MAX_PLACES_LOST = 8;

    private final Connection connection;
    private final Worker worker;
    private final Account account;
    private final RoutedPool routed;
    private final @Nullable ClientHello hello;
    /** What the hello offers to resume; null when sessions tie nobody here. */
    private final @Nullable SessionOffer offer;

    private final AffinityKey clientKey;
    private final List<AffinityKey> keys;
    private @Nullable ByteBuf received;

    private List<String> tried = List.of();
    private int placesLost;
    /** Whether a key was tied to a backend before this connection; null until the first choice. */
    private @Nullable Boolean knownClient;
    /** The attempt under way; null between two. */
    private @Nullable Attempt attempt;

    /** A backend that is being connected, where this connection holds a place. */
    private final class Attempt implements StreamHandler {
        final Pool.State state;
        final Selection.Chosen chosen;
        final Target target;
        final Stream stream;

        Attempt(Pool.State state, Selection.Chosen chosen, Target target, Stream stream) {
            this.state = state;
            this.chosen = chosen;
            this.target = target;
            this.stream = stream;
        }

        void abandon() {
            target.load().release();
            stream.close(false);
        }

        @Override
        public void onConnected() {
            if (attempt == this) {
                reached(this);
            }
        }

        @Override
        public void onConnectFailed(Throwable cause) {
            if (attempt == this) {
                failed(this, String.valueOf(cause.getMessage()));
            }
        }

        // From onConnected on the relay is told.

        @Override
        public void onBytes(ByteBuf bytes) {}

        @Override
        public void onEnd() {}

        @Override
        public void onReset() {}

        @Override
        public void onDefect(Throwable cause) {
            connection.onDefect(cause);
        }
    }

    /** @param received what the client has sent so far; a copy is kept */
    Connecting(Connection connection, RoutedPool routed, @Nullable ClientHello hello, ByteBuf received) {
        this.connection = connection;
        this.worker = connection.worker();
        this.account = connection.account();
        this.routed = routed;
        this.hello = hello;
        Pool pool = routed.pool();
        AffinityPolicy affinity = pool.state().settings().affinity();
        this.offer = hello != null && affinity.bySession() ? SessionOffer.of(hello, affinity.echPublicNames()) : null;
        this.clientKey = affinity.clientKey(account.client());
        this.keys = affinity.keys(offer, clientKey, pool.issuers(), worker.nowMillis());
        this.received = received.isReadable() ? Inspection.append(null, received) : null;
    }

    @Override
    String label() {
        return "connecting";
    }

    void start() {
        select();
    }

    // Look up affinity, and choose.

    private void select() {
        Pool pool = routed.pool();
        Pool.State now = pool.state();
        long nowMillis = worker.nowMillis();
        Selection selection =
                Selector.select(now.view(), pool.affinity(), keys, clientKey.hash(), tried, worker.random(), nowMillis);
        if (selection instanceof Selection.Refused refused) {
            connection.refuse(Ending.of(refused.cause()), "pool " + pool.id(), null);
            return;
        }
        Selection.Chosen choice = (Selection.Chosen) selection;
        if (knownClient == null) {
            knownClient = choice.key() != null;
            countLookup(choice);
        } else if (!knownClient && choice.reason() == Selection.Reason.MOVED) {
            // What is tied is this connection's own claim, to a backend it could not reach: no session has moved.
            choice = new Selection.Chosen(choice.backend(), Selection.Reason.BALANCER, null, null);
        }
        // Only the client's address is known before there is a session: two first connections of one client agree by
        // it.
        if (choice.key() != null || !tried.isEmpty() || !keys.contains(clientKey)) {
            connect(now, choice);
            return;
        }
        CompletableFuture<String> claim = pool.affinity()
                .claim(clientKey, choice.backend().backend().id(), nowMillis)
                .toCompletableFuture();
        if (claim.isDone()) {
            connect(now, settle(now, choice, claim.join()));
        } else {
            Selection.Chosen proposed = choice;
            // Another thread completes it, within the table's claim wait.
            var unused = claim.thenAcceptAsync(owner -> onClaimed(now, proposed, owner), worker.loop());
        }
    }

    private void countLookup(Selection.Chosen choice) {
        AffinityMetrics metrics = routed.pool().affinityMetrics();
        AffinityKey decided = choice.key();
        if (decided == null) {
            for (int i = 0; i < keys.size(); i++) {
                metrics.lookup(keys.get(i).kind(), AffinityMetrics.Lookup.MISS);
            }
        } else {
            metrics.lookup(
                    decided.kind(),
                    choice.reason() == Selection.Reason.AFFINITY
                            ? AffinityMetrics.Lookup.HIT
                            : AffinityMetrics.Lookup.MOVED);
        }
    }

    private void onClaimed(Pool.State now, Selection.Chosen choice, String owner) {
        if (connection.phase() != this) {
            return;
        }
        try {
            connect(now, settle(now, choice, owner));
        } catch (RuntimeException e) {
            connection.onDefect(e);
        }
    }

    private Selection.Chosen settle(Pool.State now, Selection.Chosen proposed, String owner) {
        BackendView first = now.view().find(owner);
        if (first == null || owner.equals(proposed.backend().backend().id()) || !first.keepsSessions()) {
            return proposed;
        }
        // Somebody else's first connection with this key was quicker: follow it.
        return new Selection.Chosen(first, Selection.Reason.AFFINITY, clientKey, owner);
    }

    // Connect.

    private void connect(Pool.State now, Selection.Chosen choice) {
        BackendView to = choice.backend();
        if (!to.load().tryAcquire(to.backend().maxConnections())) {
            // Another connection took the last place since the choice was made. It is full, not out of reach: it
            // costs no retry, and a session that is tied to it stays tied.
            placesLost++;
            if (placesLost > MAX_PLACES_LOST) {
                connection.refuse(Ending.POOL_FULL, "pool " + routed.pool().id(), null);
            } else {
                select();
            }
            return;
        }
        Target chosen = now.target(to.backend().id());
        Stream stream;
        try {
            stream = worker.streams().newStream(chosen.address().getAddress() instanceof Inet6Address);
        } catch (IOException e) {
            to.load().release();
            // No backend's fault, and another one would need a descriptor too.
            connection.refuse(Ending.NO_DESCRIPTOR, "no socket can be had: " + e.getMessage(), null);
            return;
        }
        Attempt started = new Attempt(now, choice, chosen, stream);
        attempt = started;
        account.connecting(choice, worker.nanoTime());
        connection.setDeadlineIn(now.settings().connectTimeoutNanos());
        stream.connect(chosen.address(), started);
    }

    private void failed(Attempt failed, String why) {
        attempt = null;
        connection.cancelDeadline();
        failed.abandon();
        failed.target.metrics().connectFailed();
        failed.target.connectFailed(why);
        tryAnother(failed.state, failed.target.id());
    }

    private void tryAnother(Pool.State now, String unusable) {
        if (tried.size() >= now.settings().connectRetries()) {
            connection.refuse(
                    Ending.CONNECT_FAILED,
                    "pool " + routed.pool().id() + ", the last backend tried was " + unusable,
                    null);
            return;
        }
        List<String> more = new ArrayList<>(tried);
        more.add(unusable);
        tried = more;
        select();
    }

    private void reached(Attempt reached) {
        PoolSettings settings = reached.state.settings();
        account.connected(worker.nanoTime());
        routed.metrics().connectTook(account.connectNanos());
        reached.target.connected();
        tie(reached.chosen);
        ByteBuf header = proxyHeader(settings.proxyHeader());
        SessionWatch watch = offer == null ? null : new SessionWatch(offer, routed.pool(), reached.target.id());
        Relay relay = new Relay(connection, reached.stream, reached.target, routed.metrics(), settings, watch);
        ByteBuf first = received;
        // From here on all of it is the relay's.
        received = null;
        attempt = null;
        connection.onConnected(relay, header, first);
    }

    /**
     * Every key that the connection showed points at the backend it reached. Of sessions only those that are known: what
     * an unknown id or ticket is worth, only the backend's answer tells.
     */
    private void tie(Selection.Chosen choice) {
        if (!choice.reason().ties()) {
            return;
        }
        Pool pool = routed.pool();
        String reached = choice.backend().backend().id();
        for (int i = 0; i < keys.size(); i++) {
            AffinityKey key = keys.get(i);
            if (key.equals(clientKey) || pool.affinity().find(key, worker.nowMillis()) != null) {
                pool.affinity().used(key, reached, worker.nowMillis());
            }
        }
        if (choice.reason() == Selection.Reason.MOVED) {
            boolean unreachable = choice.tiedTo() != null && tried.contains(choice.tiedTo());
            pool.affinityMetrics().moved(unreachable ? "connect-failed" : "backend-unusable");
        }
    }

    private @Nullable ByteBuf proxyHeader(PoolSettings.ProxyHeaderVersion version) {
        if (version == PoolSettings.ProxyHeaderVersion.NONE) {
            return null;
        }
        ProxyHeader told = new ProxyHeader(
                new TransportAddress(account.client(), account.clientPort()),
                connection.destination(),
                account.serverName(),
                hello != null && hello.alpn().size() == 1 ? hello.alpn().get(0) : null,
                worker.uniqueId(account.number()));
        ByteBuf header = ByteBufAllocator.DEFAULT.directBuffer(256);
        if (version == PoolSettings.ProxyHeaderVersion.V1) {
            ProxyHeaderWriter.writeV1(told, header);
        } else {
            ProxyHeaderWriter.writeV2(told, header);
        }
        return header;
    }

    // What the client does meanwhile.

    @Override
    void onClientBytes(ByteBuf bytes) {
        ByteBuf all = Inspection.append(received, bytes);
        received = all;
        if (all.readableBytes() > MAX_EARLY_BYTES) {
            connection.client().pauseReading();
        }
    }

    @Override
    void onClientEnd() {
        // It waits behind what the client has sent.
    }

    @Override
    void onClientReset() {
        connection.finish(Ending.CLIENT_GONE, true);
    }

    @Override
    void onDeadline(long nowNanos) {
        Attempt late = attempt;
        if (late != null) {
            long millis = late.state.settings().connectTimeoutNanos() / 1_000_000;
            failed(late, "connect timed out after " + millis + "ms");
        }
    }

    @Override
    void release(boolean reset) {
        Attempt unfinished = attempt;
        attempt = null;
        if (unfinished != null) {
            unfinished.abandon();
        }
        if (received != null) {
            received.release();
            received = null;
        }
    }
}
