package io.hawser.node.connection;

import io.hawser.limit.ClientLimiter;
import io.hawser.net.IpAddress;
import io.hawser.node.stream.Stream;
import io.hawser.proxyprotocol.ProxyHeader;
import io.hawser.proxyprotocol.TransportAddress;
import io.hawser.tls.Alert;
import io.hawser.tls.ClientHello;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection, from accept to account: leads from phase to phase, and its methods stand in that order.
 *
 * <p>Lives on one event loop, as do both of its sockets, so no field needs a lock. It is its own deadline, set by the
 * phase that it is in.
 */
final class Connection extends Deadlines.Deadline {

    private static final Logger log = LoggerFactory.getLogger(Connection.class);

    /** The place in the worker's list; the worker's own. */
    int index;

    private final Worker worker;
    private final Listener listener;
    private final ListenerSettings settings;
    private final Stream client;
    private final Account account;
    private Phase phase = Phase.Outside.BEFORE;
    private boolean clientEnded;
    private boolean holdsClientPlace;
    private @Nullable TransportAddress proxyDestination;
    private @Nullable ForgedHeaderGuard guard;

    Connection(Worker worker, Listener listener, Stream client, InetSocketAddress remote) {
        this.worker = worker;
        this.listener = listener;
        this.settings = listener.settings();
        this.client = client;
        this.account = new Account(
                worker.nextConnectionNumber(), worker.nanoTime(), IpAddress.of(remote.getAddress()), remote.getPort());
    }

    Worker worker() {
        return worker;
    }

    Listener listener() {
        return listener;
    }

    ListenerSettings settings() {
        return settings;
    }

    Stream client() {
        return client;
    }

    Account account() {
        return account;
    }

    Phase phase() {
        return phase;
    }

    boolean matches(OpenConnection.Filter filter) {
        return OpenConnection.matches(filter, listener.id(), account);
    }

    OpenConnection describe() {
        return new OpenConnection(account, listener.id(), phase.label(), worker.nanoTime());
    }

    // 1. Accept: who is it, and may it come in?

    /** The client's socket is accepted, and nothing was read from it. */
    void start() {
        client.start(worker.streams(), new ClientHandler(this));
        if (settings.expectsProxyHeaderFrom(account.client())) {
            Inspection inspection = new Inspection(this);
            phase = inspection;
            inspection.expectProxyHeader();
        } else if (admit()) {
            inspect(Unpooled.EMPTY_BUFFER);
        }
    }

    /** The proxy in front has said who the client is; what came after its header is {@code received}. */
    void onProxyHeader(ProxyHeader header, ByteBuf received) {
        TransportAddress source = header.source();
        if (source != null) {
            proxyDestination = header.destination();
            account.clientIs(source.address(), source.port());
        }
        if (admit()) {
            inspect(received);
        }
    }

    /** Asks the limits; a client that may not come in has been refused when this returns false. */
    private boolean admit() {
        if (!listener.permits(account.client())) {
            refuse(Ending.DENIED, "the listener's allow and deny lists", null);
            return false;
        }
        ClientLimiter.Admission admission = listener.admit(account.client(), worker.nanoTime());
        if (!admission.admitted()) {
            boolean open = admission == ClientLimiter.Admission.TOO_MANY_OPEN;
            refuse(open ? Ending.CLIENT_LIMIT : Ending.CLIENT_RATE, "the client's limit is reached", null);
            return false;
        }
        holdsClientPlace = admission == ClientLimiter.Admission.ADMITTED;
        return true;
    }

    // 2. Read the hello: see Inspection.

    private void inspect(ByteBuf received) {
        if (settings.tls()) {
            Inspection inspection = new Inspection(this);
            phase = inspection;
            inspection.expectHello(received);
            return;
        }
        if (proxyDestination == null) {
            // Servers may speak first here, so nothing waits for the client's first bytes; they are looked at as
            // they come.
            guard = new ForgedHeaderGuard(this, client);
        }
        route(null, List.of(), null, received);
    }

    void onHello(ClientHello hello, ByteBuf received) {
        account.helloRead(hello, listener.logsAccess(), worker.nanoTime());
        listener.metrics().helloTook(account.helloNanos());
        route(hello.serverName(), hello.alpn(), hello, received);
    }

    // 3. Route.

    private void route(@Nullable String serverName, List<String> alpn, @Nullable ClientHello hello, ByteBuf received) {
        RoutedPool to = settings.routes().decide(serverName, alpn);
        if (to == null) {
            refuse(Ending.NO_ROUTE, "no route matches and there is none for the rest", Alert.UNRECOGNIZED_NAME);
            return;
        }
        account.routed(to.pool());
        Connecting connecting = new Connecting(this, to, hello, received);
        phase = connecting;
        // 4. Look up affinity and choose a backend, 5. connect, and on failure try another: see Connecting.
        connecting.start();
    }

    // 6. Relay: see Relay.

    /** The backend is there. */
    void onConnected(Relay relay, @Nullable ByteBuf header, @Nullable ByteBuf received) {
        phase = relay;
        relay.start(header, received, clientEnded);
    }

    // What the client's handler and the deadline tell goes to the phase.

    void onClientEnd() {
        clientEnded = true;
        phase.onClientEnd();
    }

    /** Whether the client has sent all that it will. */
    boolean clientEnded() {
        return clientEnded;
    }

    /** Where the client connected to: what the proxy in front says, or else the listener's address. */
    TransportAddress destination() {
        if (proxyDestination != null) {
            return proxyDestination;
        }
        InetSocketAddress local = client.localAddress();
        return new TransportAddress(IpAddress.of(local.getAddress()), local.getPort());
    }

    void setDeadlineIn(long nanos) {
        // Not from the wheel's reading: after a pause of the loop that is old, and the deadline would come too soon.
        worker.deadlines().set(this, worker.nanoTime() + nanos);
    }

    void cancelDeadline() {
        worker.deadlines().cancel(this);
    }

    @Override
    void onDeadline(long nowNanos) {
        try {
            phase.onDeadline(nowNanos);
        } catch (RuntimeException e) {
            onDefect(e);
        }
    }

    // 7. End, and account.

    /**
     * Refuses the client: with an alert where TLS has one, else by closing.
     *
     * @param why for the log
     */
    void refuse(Ending ending, String why, @Nullable Alert alert) {
        if (phase == Phase.Outside.AFTER) {
            return;
        }
        listener.refused(ending, account.client(), why);
        if (alert == null || clientEnded) {
            finish(ending, ending.resets());
            return;
        }
        Phase last = phase;
        Refusal refusal = new Refusal(this, ending);
        phase = refusal;
        dropGuard();
        last.release(true);
        refusal.start(alert);
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

    /** The drain is over. */
    void drain() {
        end(Ending.DRAINED);
    }

    /** Ends the connection in good order, unless that would hide that bytes are lost. */
    void end(Ending ending) {
        finish(ending, phase.wouldLoseBytes());
    }

    /**
     * Ends the connection, once; later calls are without effect.
     *
     * @param reset whether the peers see a reset, as one of them sent or deserves, and not an orderly end
     */
    void finish(Ending ending, boolean reset) {
        if (phase == Phase.Outside.AFTER) {
            return;
        }
        Phase last = phase;
        phase = Phase.Outside.AFTER;
        cancelDeadline();
        dropGuard();
        try {
            last.release(reset);
            client.close(reset);
        } finally {
            worker.remove(this);
            listener.ended(account, ending, holdsClientPlace, worker.nanoTime());
        }
    }

    private void dropGuard() {
        if (guard != null) {
            guard.release();
            guard = null;
        }
    }
}
