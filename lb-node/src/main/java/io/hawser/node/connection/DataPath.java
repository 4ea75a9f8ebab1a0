package io.hawser.node.connection;

import io.hawser.limit.ClientUse;
import io.hawser.limit.ConnectionLimit;
import io.hawser.net.Endpoint;
import io.hawser.node.logging.AccessLog;
import io.hawser.node.metrics.NodeMetrics;
import io.hawser.node.stream.ListenOptions;
import io.hawser.node.stream.StreamLoop;
import io.hawser.node.transport.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops and the listeners on them: all that carries traffic.
 *
 * <p>Started, reconfigured and stopped from one thread, the node's control thread, which may wait; asked from any.
 */
public final class DataPath {

    private static final Logger log = LoggerFactory.getLogger(DataPath.class);

    /** Another node waits for the address: only what is on its way within the machine is waited for. */
    private static final long FLOATING_GRACE_NANOS = 5_000_000;

    private final Transport transport;
    private final MultiThreadIoEventLoopGroup loops;
    private final List<Worker> workers = new ArrayList<>();
    private final ConnectionLimit nodeLimit;
    private final NodeMetrics metrics;
    private final AccessLog accessLog;
    private final LongSupplier nanoTime;
    private final long handshakeGraceNanos;
    private final long hashSeed;
    private final Set<ListeningSocket> closing = ConcurrentHashMap.newKeySet();
    private volatile Map<String, BoundListener> listeners = Map.of();

    /**
     * Makes the loops; nothing listens yet.
     *
     * @param workerCount event loops, each a thread
     * @param maxConnections client connections at once, over all listeners
     * @param nanoTime the node's monotonic clock
     * @param handshakeGraceNanos how long a client may take to complete its handshake with a listening socket that is
     *     being closed: longer than any round trip
     * @param hashSeed a secret random number, for tables that clients fill
     */
    public DataPath(
            String nodeId,
            Transport transport,
            int workerCount,
            int maxConnections,
            NodeMetrics metrics,
            AccessLog accessLog,
            LongSupplier nanoTime,
            long handshakeGraceNanos,
            long hashSeed) {
        this.transport = transport;
        this.nodeLimit = new ConnectionLimit(maxConnections);
        this.metrics = metrics;
        this.accessLog = accessLog;
        this.nanoTime = nanoTime;
        this.handshakeGraceNanos = handshakeGraceNanos;
        this.hashSeed = hashSeed;
        this.loops = new MultiThreadIoEventLoopGroup(
                workerCount,
                new DefaultThreadFactory("worker"),
                transport.ioHandler().get());
        RandomGeneratorFactory<?> generators = RandomGeneratorFactory.of("L64X128MixRandom");
        for (int i = 0; i < workerCount; i++) {
            StreamLoop streams = StreamLoop.of(transport, loops.next());
            Worker worker = new Worker(i, nodeId, streams, nanoTime, generators.create());
            workers.add(worker);
            worker.loop().execute(worker::start);
        }
        metrics.eventLoopLag().watch(loops);
    }

    /**
     * Makes the listeners be exactly these: binds what is new, changes what stays, closes what is gone. An address that
     * moves from one listener to another is not closed in between. Connections go on whatever happens to their
     * listener.
     *
     * @return completes when what is gone is closed, too
     * @throws ListenException when something can't be bound; then everything is as it was before
     */
    public CompletableFuture<?> listen(List<ListenerSettings> wanted) throws ListenException {
        Map<String, BoundListener> previous = listeners;
        Map<Endpoint, ListeningSocket> bound = new HashMap<>();
        previous.values().forEach(listener -> bound.putAll(listener.sockets()));
        Map<String, BoundListener> next = new LinkedHashMap<>();
        List<ListeningSocket> fresh = new ArrayList<>();
        try {
            for (ListenerSettings settings : wanted) {
                BoundListener current = previous.get(settings.id());
                Listener listener = current == null
                        ? new Listener(
                                settings, nodeLimit, metrics.listener(settings.id()), accessLog, nanoTime, hashSeed)
                        : current.listener();
                Map<Endpoint, ListeningSocket> sockets = new LinkedHashMap<>();
                for (Endpoint endpoint : settings.bind()) {
                    // Port 0 is another one each time; only a listener that has one keeps it.
                    ListeningSocket socket = endpoint.port() == 0
                            ? (current == null ? null : current.sockets().get(endpoint))
                            : bound.get(endpoint);
                    if (socket == null) {
                        boolean shared = hasPort(fresh, endpoint.port());
                        socket = ListeningSocket.bind(
                                endpoint,
                                new ListenOptions(
                                        settings.backlog(),
                                        shared,
                                        settings.floating().contains(endpoint)),
                                listener,
                                workers,
                                transport);
                        fresh.add(socket);
                    }
                    sockets.put(endpoint, socket);
                }
                next.put(settings.id(), new BoundListener(listener, sockets));
            }
        } catch (ListenException e) {
            fresh.forEach(ListeningSocket::discard);
            wanted.stream()
                    .map(ListenerSettings::id)
                    .filter(id -> !previous.containsKey(id))
                    .forEach(metrics::removeListener);
            throw e;
        }
        for (ListenerSettings settings : wanted) {
            BoundListener listener = next.get(settings.id());
            if (listener != null) {
                listener.listener().become(settings);
                listener.sockets().values().forEach(socket -> socket.serve(listener.listener()));
            }
        }
        listeners = Map.copyOf(next);
        for (ListeningSocket socket : fresh) {
            socket.accept();
            log.info("listener {} listens on {}", socket.listener().id(), socket.address());
        }
        Set<ListeningSocket> kept = Collections.newSetFromMap(new IdentityHashMap<>());
        next.values().forEach(listener -> kept.addAll(listener.sockets().values()));
        List<CompletableFuture<?>> gone = new ArrayList<>();
        previous.forEach((id, listener) -> {
            listener.sockets().values().stream()
                    .filter(socket -> !kept.contains(socket))
                    .forEach(socket -> gone.add(close(socket)));
            if (!next.containsKey(id)) {
                metrics.removeListener(id);
            }
        });
        return CompletableFuture.allOf(gone.toArray(CompletableFuture<?>[]::new));
    }

    /** Whether a socket of this process is bound to the port. */
    private boolean hasPort(List<ListeningSocket> fresh, int port) {
        Stream<ListeningSocket> listening =
                listeners.values().stream().flatMap(listener -> listener.sockets().values().stream());
        return Stream.of(fresh.stream(), closing.stream(), listening)
                .flatMap(sockets -> sockets)
                .anyMatch(socket -> socket.address().getPort() == port);
    }

    private CompletableFuture<?> close(ListeningSocket socket) {
        log.info("listener {} no longer listens on {}", socket.listener().id(), socket.address());
        closing.add(socket);
        return socket.close(
                        socket.isFloating() ? Math.min(FLOATING_GRACE_NANOS, handshakeGraceNanos) : handshakeGraceNanos)
                .whenComplete((closed, failure) -> closing.remove(socket));
    }

    /** Where each listener is bound; with the ports that the kernel gave. */
    public Map<String, List<InetSocketAddress>> addresses() {
        Map<String, List<InetSocketAddress>> addresses = new LinkedHashMap<>();
        listeners.forEach((id, bound) -> addresses.put(
                id,
                bound.sockets().values().stream().map(ListeningSocket::address).toList()));
        return addresses;
    }

    public String transportName() {
        return transport.name();
    }

    public int workerCount() {
        return workers.size();
    }

    /** The loops that carry traffic. */
    public List<EventLoop> eventLoops() {
        return workers.stream().map(Worker::loop).toList();
    }

    List<Worker> workers() {
        return workers;
    }

    /**
     * By listener, the clients that make so much use of it that other nodes should know.
     *
     * @param nodes among which the limits for each client are shared
     * @param most of one listener
     */
    public Map<String, List<ClientUse>> busiestClients(int nodes, int most) {
        Map<String, List<ClientUse>> busiest = new LinkedHashMap<>();
        listeners.forEach((id, bound) -> {
            List<ClientUse> uses = bound.listener().busiestClients(nodes, most);
            if (!uses.isEmpty()) {
                busiest.put(id, uses);
            }
        });
        return busiest;
    }

    /** What clients have on the other nodes, by listener; it counts against the limits here. */
    public void setClientsElsewhere(Map<String, List<ClientUse>> uses) {
        listeners.forEach((id, bound) -> bound.listener().setClientsElsewhere(uses.getOrDefault(id, List.of())));
    }

    /** Client connections open now, over all listeners. */
    public int connections() {
        return nodeLimit.open();
    }

    public int maxConnections() {
        return nodeLimit.max();
    }

    /**
     * Stops accepting; open connections go on. Clients whose handshake is under way are still let in.
     *
     * @return completes when nothing listens any more
     */
    public CompletableFuture<?> stopListening() {
        Stream<CompletableFuture<?>> closed = listeners.values().stream()
                .flatMap(listener -> listener.sockets().values().stream())
                .map(this::close);
        CompletableFuture<?> all = CompletableFuture.allOf(closed.toArray(CompletableFuture<?>[]::new));
        listeners = Map.of();
        return all;
    }

    /** Closes every connection that is still open; completes when all are. */
    public CompletableFuture<Integer> closeConnections() {
        List<CompletableFuture<Integer>> closing = new ArrayList<>();
        for (Worker worker : workers) {
            closing.add(CompletableFuture.supplyAsync(
                    () -> {
                        List<Connection> open = worker.connections();
                        open.forEach(Connection::drain);
                        return open.size();
                    },
                    worker.loop()));
        }
        return CompletableFuture.allOf(closing.toArray(CompletableFuture<?>[]::new))
                .thenApply(done ->
                        closing.stream().mapToInt(CompletableFuture::join).sum());
    }

    /**
     * Looks for the oldest open connections that match, without holding traffic up.
     *
     * @param limit the most from each event loop, at least 1
     * @return one find from each event loop; completes on one of them
     */
    public CompletableFuture<List<FoundConnections>> find(OpenConnection.Filter filter, int limit) {
        List<CompletableFuture<FoundConnections>> searches = workers.stream()
                .map(worker -> new ConnectionSearch(worker, filter, limit).start())
                .toList();
        return CompletableFuture.allOf(searches.toArray(CompletableFuture<?>[]::new))
                .thenApply(
                        done -> searches.stream().map(CompletableFuture::join).toList());
    }

    /** Ends the event loops, with whatever is still on them. */
    public void stop() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private record BoundListener(Listener listener, Map<Endpoint, ListeningSocket> sockets) {}
}
