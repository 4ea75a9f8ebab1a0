package io.hawser.node.connection;

import io.hawser.limit.ConnectionLimit;
import io.hawser.net.Endpoint;
import io.hawser.node.logging.AccessLog;
import io.hawser.node.metrics.NodeMetrics;
import io.hawser.node.transport.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGeneratorFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops and the listeners on them: all that carries traffic.
 *
 * <p>Started, reconfigured and stopped from one thread, the node's control thread, which may wait; asked from any.
 */
public final class DataPath {

    private static final Logger log = LoggerFactory.getLogger(DataPath.class);

    private final Transport transport;
    private final MultiThreadIoEventLoopGroup loops;
    private final List<Worker> workers = new ArrayList<>();
    private final ConnectionLimit nodeLimit;
    private final NodeMetrics metrics;
    private final AccessLog accessLog;
    private final LongSupplier nanoTime;
    private volatile Map<String, BoundListener> listeners = Map.of();

    /**
     * Makes the loops; nothing listens yet.
     *
     * @param workerCount event loops, each a thread
     * @param maxConnections client connections at once, over all listeners
     * @param nanoTime the node's monotonic clock
     */
    public DataPath(
            String nodeId,
            Transport transport,
            int workerCount,
            int maxConnections,
            NodeMetrics metrics,
            AccessLog accessLog,
            LongSupplier nanoTime) {
        this.transport = transport;
        this.nodeLimit = new ConnectionLimit(maxConnections);
        this.metrics = metrics;
        this.accessLog = accessLog;
        this.nanoTime = nanoTime;
        this.loops = new MultiThreadIoEventLoopGroup(
                workerCount,
                new DefaultThreadFactory("worker"),
                transport.ioHandler().get());
        RandomGeneratorFactory<?> generators = RandomGeneratorFactory.of("L64X128MixRandom");
        for (int i = 0; i < workerCount; i++) {
            EventLoop loop = loops.next();
            Worker worker = new Worker(i, nodeId, loop, transport, nanoTime, generators.create());
            workers.add(worker);
            loop.execute(worker::start);
        }
        metrics.eventLoopLag().watch(loops);
    }

    /**
     * Makes the listeners be exactly these: binds what is new, changes what stays, closes what is gone. Connections go
     * on whatever happens to their listener.
     *
     * @throws ListenException when something can't be bound; then everything is as it was before
     */
    public void listen(List<ListenerSettings> wanted) throws ListenException {
        Map<String, BoundListener> next = new LinkedHashMap<>();
        List<ListeningSocket> fresh = new ArrayList<>();
        try {
            for (ListenerSettings settings : wanted) {
                BoundListener current = listeners.get(settings.id());
                Listener listener = current == null
                        ? new Listener(settings, nodeLimit, metrics.listener(settings.id()), accessLog, nanoTime)
                        : current.listener();
                Map<Endpoint, ListeningSocket> sockets = new LinkedHashMap<>();
                for (Endpoint endpoint : settings.bind()) {
                    ListeningSocket socket =
                            current == null ? null : current.sockets().get(endpoint);
                    if (socket == null) {
                        socket = ListeningSocket.bind(endpoint, settings.backlog(), listener, workers, transport);
                        fresh.add(socket);
                    }
                    sockets.put(endpoint, socket);
                }
                next.put(settings.id(), new BoundListener(listener, sockets));
            }
        } catch (ListenException e) {
            fresh.forEach(ListeningSocket::close);
            throw e;
        }
        Map<String, BoundListener> previous = listeners;
        for (ListenerSettings settings : wanted) {
            BoundListener bound = next.get(settings.id());
            if (bound != null) {
                bound.listener().become(settings);
            }
        }
        listeners = Map.copyOf(next);
        fresh.forEach(ListeningSocket::accept);
        previous.forEach((id, bound) -> {
            BoundListener kept = next.get(id);
            bound.sockets().forEach((endpoint, socket) -> {
                if (kept == null || kept.sockets().get(endpoint) != socket) {
                    log.info("listener {} no longer listens on {}", id, socket.address());
                    socket.close();
                }
            });
            if (kept == null) {
                metrics.removeListener(id);
            }
        });
        for (ListeningSocket socket : fresh) {
            log.info("listener {} listens on {}", socket.listener().id(), socket.address());
        }
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

    /** Client connections open now, over all listeners. */
    public int connections() {
        return nodeLimit.open();
    }

    public int maxConnections() {
        return nodeLimit.max();
    }

    /** Stops accepting; open connections go on. */
    public void stopListening() {
        listeners.values().forEach(bound -> bound.sockets().values().forEach(ListeningSocket::close));
        listeners = Map.of();
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
