package io.hawser.node.connection;

import io.hawser.affinity.AffinityKey;
import io.hawser.limit.ClientLimiter;
import io.hawser.net.IpAddress;
import io.hawser.node.metrics.AffinityMetrics;
import io.hawser.node.pool.Pool;
import io.hawser.node.pool.PoolSettings;
import io.hawser.node.pool.Target;
import io.hawser.pool.BackendView;
import io.hawser.proxyprotocol.ProxyHeader;
import io.hawser.proxyprotocol.ProxyHeaderReader;
import io.hawser.proxyprotocol.ProxyHeaderWriter;
import io.hawser.proxyprotocol.ProxyResult;
import io.hawser.proxyprotocol.TransportAddress;
import io.hawser.selection.Selection;
import io.hawser.selection.Selector;
import io.hawser.tls.Alert;
import io.hawser.tls.ClientHello;
import io.hawser.tls.ClientHelloReader;
import io.hawser.tls.HelloResult;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection, from accept to account: its methods stand in the order of its life.
 *
 * <p>Lives on one event loop, as do both of its sockets, so no field needs a lock. It is its own deadline: for the
 * hello, then for the connect, then for idleness.
 */
final class Connection extends Deadlines.Deadline {

    private static final Logger log = LoggerFactory.getLogger(Connection.class);

    /** What a client may send ahead while its backend is being connected; past that it waits. */
    private static final int MAX_EARLY_BYTES = 64 * 1024;

    /** How long a refused client may take to read its alert and close. */
    private static final long LINGER_NANOS = 1_000_000_000;

    private enum Phase {
        PROXY_HEADER,
        HELLO,
        CONNECTING,
        RELAY,
        /** An alert is on its way to the client; what the client still sends is thrown away. */
        REFUSED,
        CLOSED
    }

    /** The place in the worker's list; the worker's own. */
    int index;

    private final Worker worker;
    private final Listener listener;
    private final ListenerSettings settings;
    private final Channel client;
    private final Account account;
    private Phase phase = Phase.HELLO;
    private IpAddress clientAddress;
    private @Nullable ProxyHeader proxyHeader;
    private boolean holdsClientPlace;

    private @Nullable ByteBuf received;
    private @Nullable ProxyHeaderReader proxyHeaderReader;
    private @Nullable ClientHelloReader helloReader;
    private @Nullable ClientHello hello;

    private @Nullable RoutedPool routed;
    private Pool.@Nullable State state;
    private @Nullable Target target;
    private List<AffinityKey> keys = List.of();
    private List<String> tried = List.of();
    private Selection.@Nullable Chosen chosen;
    private boolean relayed;
    private @Nullable Channel backend;
    private boolean clientEnded;
    private @Nullable Relay relay;
    private Ending refusal = Ending.INTERNAL;

    Connection(Worker worker, Listener listener, Channel client, InetSocketAddress remote) {
        this.worker = worker;
        this.listener = listener;
        this.settings = listener.settings();
        this.client = client;
        this.clientAddress = IpAddress.of(remote.getAddress());
        this.account = new Account(worker.nextConnectionNumber(), worker.nanoTime(), clientAddress, remote.getPort());
    }

    Account account() {
        return account;
    }

    OpenConnection describe() {
        return new OpenConnection(
                account, listener.id(), phase.name().toLowerCase(Locale.ROOT).replace('_', '-'), worker.nanoTime());
    }

    // 1. Accept: who is it, and may it come in?

    /** The client's socket is open and registered with the loop. */
    void onAccepted() {
        if (settings.expectsProxyHeaderFrom(clientAddress)) {
            phase = Phase.PROXY_HEADER;
            proxyHeaderReader = new ProxyHeaderReader();
            setDeadlineIn(settings.inspectTimeoutNanos());
        } else {
            admit();
        }
    }

    private void readProxyHeader(ProxyHeaderReader reader, ByteBuf bytes) {
        ProxyResult result = reader.read(bytes);
        if (result instanceof ProxyResult.Malformed malformed) {
            refuse(Ending.PROXY_HEADER_MALFORMED, malformed.what(), null);
        } else if (result instanceof ProxyResult.Complete complete) {
            proxyHeaderReader = null;
            bytes.skipBytes(complete.length());
            if (!bytes.isReadable()) {
                releaseReceived();
            }
            TransportAddress source = complete.header().source();
            if (source != null) {
                proxyHeader = complete.header();
                clientAddress = source.address();
                account.clientIs(clientAddress, source.port());
            }
            admit();
        }
    }

    private void admit() {
        if (!listener.permits(clientAddress)) {
            refuse(Ending.DENIED, "the listener's allow and deny lists", null);
            return;
        }
        ClientLimiter.Admission admission = listener.admit(clientAddress, worker.nanoTime());
        if (!admission.admitted()) {
            boolean open = admission == ClientLimiter.Admission.TOO_MANY_OPEN;
            refuse(open ? Ending.CLIENT_LIMIT : Ending.CLIENT_RATE, "the client's limit is reached", null);
            return;
        }
        holdsClientPlace = admission == ClientLimiter.Admission.ADMITTED;
        if (!settings.tls()) {
            route(null, List.of());
            return;
        }
        phase = Phase.HELLO;
        helloReader = new ClientHelloReader();
        setDeadlineIn(settings.inspectTimeoutNanos());
        if (received != null) {
            readHello(helloReader, received);
        }
    }

    // 2. Read the hello.

    void onClientBytes(ByteBuf bytes) {
        if (relay != null && phase == Phase.RELAY) {
            if (account.bytesFromClient() == 0 && isForgedProxyHeader(bytes)) {
                bytes.release();
                refuse(Ending.PROXY_HEADER_NOT_ALLOWED, "only accept-proxy-protocol-from may send one", null);
                return;
            }
            relay.fromClient(bytes);
            return;
        }
        switch (phase) {
            case PROXY_HEADER -> {
                keep(bytes);
                if (proxyHeaderReader != null && received != null) {
                    readProxyHeader(proxyHeaderReader, received);
                }
            }
            case HELLO -> {
                keep(bytes);
                if (helloReader != null && received != null) {
                    readHello(helloReader, received);
                }
            }
            case CONNECTING -> {
                if (isForgedProxyHeader(bytes)) {
                    bytes.release();
                    refuse(Ending.PROXY_HEADER_NOT_ALLOWED, "only accept-proxy-protocol-from may send one", null);
                    return;
                }
                keep(bytes);
                if (received != null && received.readableBytes() > MAX_EARLY_BYTES) {
                    client.config().setAutoRead(false);
                }
            }
            default -> bytes.release();
        }
    }

    /** Of TLS listeners the hello's reader refuses it: it is no TLS. */
    private boolean isForgedProxyHeader(ByteBuf first) {
        return !settings.tls() && proxyHeader == null && received == null && ProxyHeaderReader.looksLikeHeader(first);
    }

    private void keep(ByteBuf bytes) {
        if (received == null) {
            received = bytes;
            return;
        }
        try {
            received.writeBytes(bytes);
        } finally {
            bytes.release();
        }
    }

    private void readHello(ClientHelloReader reader, ByteBuf bytes) {
        HelloResult result = reader.read(bytes);
        if (result instanceof HelloResult.Complete complete) {
            helloReader = null;
            hello = complete.hello();
            account.helloRead(complete.hello(), listener.logsAccess(), worker.nanoTime());
            listener.metrics().helloTook(account.helloNanos());
            route(complete.hello().serverName(), complete.hello().alpn());
        } else if (result instanceof HelloResult.Malformed malformed) {
            refuse(Ending.HELLO_MALFORMED, malformed.what(), malformed.alert());
        } else if (result instanceof HelloResult.TooLarge) {
            refuse(
                    Ending.HELLO_TOO_LARGE,
                    "more than " + ClientHelloReader.DEFAULT_MAX_BYTES + " bytes",
                    Alert.DECODE_ERROR);
        } else if (result instanceof HelloResult.NotTls) {
            refuse(Ending.NOT_TLS, "the first bytes are no TLS handshake", null);
        }
    }

    // 3. Route.

    private void route(@Nullable String serverName, List<String> alpn) {
        RoutedPool to = settings.routes().decide(serverName, alpn);
        if (to == null) {
            refuse(Ending.NO_ROUTE, "no route matches and there is none for the rest", Alert.UNRECOGNIZED_NAME);
            return;
        }
        routed = to;
        phase = Phase.CONNECTING;
        deadlines().cancel(this);
        account.routed(to.pool());
        keys = Pool.keys(to.pool().state().settings(), clientAddress);
        select(to.pool());
    }

    // 4. Look up affinity, and choose a backend.

    private void select(Pool pool) {
        Pool.State now = pool.state();
        state = now;
        long nowMillis = worker.nowMillis();
        Selection selection = Selector.select(
                now.view(),
                pool.affinity(),
                keys,
                Pool.hash(now.settings(), clientAddress),
                tried,
                worker.random(),
                nowMillis);
        if (selection instanceof Selection.Refused refused) {
            refuse(Ending.of(refused.cause()), "pool " + pool.id(), null);
            return;
        }
        Selection.Chosen choice = (Selection.Chosen) selection;
        countLookup(pool, choice);
        if (keys.isEmpty() || choice.key() != null || !tried.isEmpty()) {
            connect(pool, now, choice);
            return;
        }
        // The last kind is the one that is always known: two first connections of one client agree by it.
        AffinityKey unknown = keys.get(keys.size() - 1);
        CompletableFuture<String> claim = pool.affinity()
                .claim(unknown, choice.backend().backend().id(), nowMillis)
                .toCompletableFuture();
        if (claim.isDone()) {
            connectClaimed(pool, now, choice, claim.join());
        } else {
            // Another thread completes it, within the table's claim wait.
            var unused = claim.thenAcceptAsync(
                    owner -> {
                        if (phase == Phase.CONNECTING) {
                            connectClaimed(pool, now, choice, owner);
                        }
                    },
                    worker.loop());
        }
    }

    private void countLookup(Pool pool, Selection.Chosen choice) {
        if (!tried.isEmpty()) {
            return;
        }
        AffinityKey decided = choice.key();
        if (decided == null) {
            for (int i = 0; i < keys.size(); i++) {
                pool.affinityMetrics().lookup(keys.get(i).kind(), AffinityMetrics.Lookup.MISS);
            }
        } else {
            pool.affinityMetrics()
                    .lookup(
                            decided.kind(),
                            choice.reason() == Selection.Reason.AFFINITY
                                    ? AffinityMetrics.Lookup.HIT
                                    : AffinityMetrics.Lookup.MOVED);
        }
    }

    private void connectClaimed(Pool pool, Pool.State now, Selection.Chosen proposed, String owner) {
        BackendView first = now.view().find(owner);
        if (first == null || owner.equals(proposed.backend().backend().id()) || !first.keepsSessions()) {
            connect(pool, now, proposed);
        } else {
            // Somebody else's first connection with this key was quicker: follow it.
            connect(
                    pool,
                    now,
                    new Selection.Chosen(first, Selection.Reason.AFFINITY, keys.get(keys.size() - 1), owner));
        }
    }

    // 5. Connect, and on failure try another.

    private void connect(Pool pool, Pool.State now, Selection.Chosen choice) {
        BackendView to = choice.backend();
        if (!to.load().tryAcquire(to.backend().maxConnections())) {
            // Another connection took the last place since the choice was made.
            tryAnother(pool, now, to);
            return;
        }
        Target reached = now.target(to.backend().id());
        Channel channel = worker.newBackendChannel();
        chosen = choice;
        target = reached;
        backend = channel;
        configure(channel);
        channel.pipeline().addLast(new BackendHandler(this));
        account.connecting(choice, worker.nanoTime());
        setDeadlineIn(now.settings().connectTimeoutNanos());
        worker.loop().register(channel).addListener(registered -> {
            if (registered.isSuccess()) {
                channel.connect(reached.address()).addListener(done -> {
                    if (done.isSuccess()) {
                        onConnected(channel);
                    } else {
                        onConnectFailed(channel, String.valueOf(done.cause().getMessage()));
                    }
                });
            } else {
                onConnectFailed(channel, String.valueOf(registered.cause()));
            }
        });
    }

    /** What both sockets of a connection need, beyond what a listening socket hands down. */
    static void configure(Channel channel) {
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        // A failed write must not throw away what the peer had already sent to us.
        channel.config().setOption(ChannelOption.AUTO_CLOSE, false);
        // The wheel has our deadlines; Netty would make a timer for each connect.
        channel.config().setConnectTimeoutMillis(0);
        channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
    }

    private void onConnectFailed(Channel failed, String why) {
        if (failed != backend || phase != Phase.CONNECTING || routed == null || state == null || chosen == null) {
            return;
        }
        BackendView unreachable = chosen.backend();
        backend = null;
        chosen = null;
        deadlines().cancel(this);
        var unused = failed.close();
        unreachable.load().release();
        if (target != null) {
            target.metrics().connectFailed();
            target.connectFailed(why);
        }
        tryAnother(routed.pool(), state, unreachable);
    }

    private void tryAnother(Pool pool, Pool.State now, BackendView unusable) {
        if (tried.size() >= now.settings().connectRetries()) {
            refuse(
                    Ending.CONNECT_FAILED,
                    "pool " + pool.id() + ", the last backend tried was "
                            + unusable.backend().id(),
                    null);
            return;
        }
        List<String> more = new ArrayList<>(tried);
        more.add(unusable.backend().id());
        tried = more;
        select(pool);
    }

    private void onConnected(Channel channel) {
        if (channel != backend
                || phase != Phase.CONNECTING
                || routed == null
                || state == null
                || chosen == null
                || target == null) {
            var unused = channel.close();
            return;
        }
        phase = Phase.RELAY;
        PoolSettings poolSettings = state.settings();
        account.connected(worker.nanoTime());
        routed.metrics().opened();
        routed.metrics().connectTook(account.connectNanos());
        target.metrics().opened();
        target.connected();
        relayed = true;
        tie(routed.pool(), chosen);
        ByteBuf header = proxyHeader(poolSettings.proxyHeader());
        ByteBuf first = received;
        received = null;
        hello = null;
        keys = List.of();
        tried = List.of();
        account.active(deadlines().nowNanos());
        setDeadlineIn(poolSettings.idleTimeoutNanos());
        relay = new Relay(this, client, channel, account, target.metrics(), deadlines());
        relay.start(header, first, clientEnded);
    }

    /** Every key that the connection showed points at the backend it reached. */
    private void tie(Pool pool, Selection.Chosen choice) {
        if (!choice.reason().ties()) {
            return;
        }
        String reached = choice.backend().backend().id();
        for (int i = 0; i < keys.size(); i++) {
            pool.affinity().used(keys.get(i), reached, worker.nowMillis());
        }
        if (choice.reason() == Selection.Reason.MOVED) {
            pool.affinityMetrics().moved("backend-unusable");
        } else if (choice.tiedTo() == null && !tried.isEmpty() && !keys.isEmpty()) {
            pool.affinityMetrics().moved("connect-failed");
        }
    }

    private @Nullable ByteBuf proxyHeader(PoolSettings.ProxyHeaderVersion version) {
        if (version == PoolSettings.ProxyHeaderVersion.NONE) {
            return null;
        }
        ProxyHeader told = new ProxyHeader(
                new TransportAddress(account.client(), account.clientPort()),
                destination(),
                account.serverName(),
                hello != null && hello.alpn().size() == 1 ? hello.alpn().get(0) : null,
                worker.uniqueId(account.number()));
        ByteBuf header = client.alloc().directBuffer(256);
        if (version == PoolSettings.ProxyHeaderVersion.V1) {
            ProxyHeaderWriter.writeV1(told, header);
        } else {
            ProxyHeaderWriter.writeV2(told, header);
        }
        return header;
    }

    private TransportAddress destination() {
        TransportAddress told = proxyHeader == null ? null : proxyHeader.destination();
        if (told != null) {
            return told;
        }
        InetSocketAddress local = (InetSocketAddress) client.localAddress();
        return new TransportAddress(IpAddress.of(local.getAddress()), local.getPort());
    }

    // 6. Relay: see Relay. Here is what the handlers tell.

    void onClientReadComplete() {
        if (relay != null) {
            relay.flushToBackend();
        }
    }

    void onClientWritabilityChanged() {
        if (relay != null) {
            relay.onClientWritabilityChanged();
        }
    }

    void onClientEnd() {
        clientEnded = true;
        switch (phase) {
            case PROXY_HEADER, HELLO -> finish(Ending.HELLO_INCOMPLETE, false);
            case REFUSED -> finish(refusal, false);
            default -> {
                // While connecting, the end waits behind what the client has sent.
                if (relay != null) {
                    relay.onClientEnd();
                }
            }
        }
    }

    void onClientReset() {
        switch (phase) {
            case PROXY_HEADER, HELLO -> finish(Ending.HELLO_INCOMPLETE, true);
            case CONNECTING -> finish(Ending.CLIENT_GONE, true);
            case REFUSED -> finish(refusal, true);
            default -> finish(Ending.CLIENT_RESET, true);
        }
    }

    void onBackendBytes(ByteBuf bytes) {
        if (relay != null) {
            relay.fromBackend(bytes);
        } else {
            bytes.release();
        }
    }

    void onBackendReadComplete() {
        if (relay != null) {
            relay.flushToClient();
        }
    }

    void onBackendWritabilityChanged(Channel channel) {
        if (relay != null && channel == backend) {
            relay.onBackendWritabilityChanged();
        }
    }

    void onBackendEnd() {
        if (relay != null) {
            relay.onBackendEnd();
        }
    }

    void onBackendReset(Channel channel) {
        // A socket that was given up for another one no longer speaks for the connection.
        if (channel == backend && relay != null) {
            finish(Ending.BACKEND_RESET, true);
        }
    }

    @Override
    void onDeadline(long nowNanos) {
        switch (phase) {
            case PROXY_HEADER -> refuse(Ending.PROXY_HEADER_TIMEOUT, "no PROXY header in time", null);
            case HELLO -> refuse(Ending.HELLO_TIMEOUT, "the ClientHello was not whole in time", null);
            case CONNECTING -> {
                if (backend != null && state != null) {
                    long millis = state.settings().connectTimeoutNanos() / 1_000_000;
                    onConnectFailed(backend, "connect timed out after " + millis + "ms");
                }
            }
            case RELAY -> {
                long idleAtNanos = account.lastActivityNanos() + idleTimeoutNanos();
                if (nowNanos >= idleAtNanos) {
                    finish(Ending.IDLE, false);
                } else {
                    deadlines().set(this, idleAtNanos);
                }
            }
            case REFUSED -> finish(refusal, true);
            case CLOSED -> {}
        }
    }

    private long idleTimeoutNanos() {
        return state == null ? 0 : state.settings().idleTimeoutNanos();
    }

    // 7. End, and account.

    /** Refuses the client: with an alert where TLS has one, else by closing. */
    private void refuse(Ending ending, String why, @Nullable Alert alert) {
        listener.refused(ending, clientAddress, why);
        if (alert == null || clientEnded) {
            finish(ending, ending.resets());
            return;
        }
        phase = Phase.REFUSED;
        refusal = ending;
        releaseReceived();
        setDeadlineIn(LINGER_NANOS);
        // Closing now would reset the connection if the client has more under way, and lose the alert.
        ByteBuf record = client.alloc().directBuffer(16);
        alert.writeTo(record);
        client.writeAndFlush(record).addListener(done -> {
            if (done.isSuccess() && phase == Phase.REFUSED) {
                var unused = ((DuplexChannel) client).shutdownOutput();
            }
        });
    }

    /** Something that never should have happened: costs this connection, and is told. */
    void onDefect(Throwable cause) {
        log.error(
                "connection {} on listener {} closed by a defect in Hawser; please report it",
                account.number(),
                listener.id(),
                cause);
        finish(Ending.INTERNAL, true);
    }

    /** The drain is over: closes what is still open. */
    void drain() {
        finish(Ending.DRAINED, false);
    }

    /**
     * Ends the connection, once; later calls are without effect.
     *
     * @param reset whether the peers see a reset, as one of them sent or deserves, and not an orderly end
     */
    void finish(Ending ending, boolean reset) {
        if (phase == Phase.CLOSED) {
            return;
        }
        phase = Phase.CLOSED;
        deadlines().cancel(this);
        releaseReceived();
        close(client, reset);
        if (backend != null) {
            close(backend, reset);
        }
        if (chosen != null) {
            chosen.backend().load().release();
        }
        worker.remove(this);
        if (relayed && routed != null && target != null) {
            routed.metrics().closed();
            target.metrics().closed();
        }
        listener.ended(account, ending, holdsClientPlace, worker.nanoTime());
    }

    private static void close(Channel channel, boolean reset) {
        if (reset && channel.isActive()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        var unused = channel.close();
    }

    private void releaseReceived() {
        if (received != null) {
            received.release();
            received = null;
        }
    }

    private Deadlines deadlines() {
        return worker.deadlines();
    }

    private void setDeadlineIn(long nanos) {
        deadlines().set(this, deadlines().nowNanos() + nanos);
    }
}
