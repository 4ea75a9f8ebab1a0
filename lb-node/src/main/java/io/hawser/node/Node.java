package io.hawser.node;

import io.hawser.config.ConfigError;
import io.hawser.config.ConfigReader;
import io.hawser.config.ConfigResult;
import io.hawser.config.Defaults;
import io.hawser.config.HawserConfig;
import io.hawser.config.ListenerConfig;
import io.hawser.config.LogConfig;
import io.hawser.config.NodeConfig;
import io.hawser.config.PoolConfig;
import io.hawser.node.admin.AdminServer;
import io.hawser.node.admin.AdminSettings;
import io.hawser.node.admin.AdminToken;
import io.hawser.node.admin.Change;
import io.hawser.node.connection.DataPath;
import io.hawser.node.connection.ListenException;
import io.hawser.node.connection.ListenerSettings;
import io.hawser.node.logging.AccessLog;
import io.hawser.node.logging.LogFormat;
import io.hawser.node.metrics.NodeMetrics;
import io.hawser.node.pool.Pool;
import io.hawser.node.pool.PoolControl;
import io.hawser.node.pool.PoolPlan;
import io.hawser.node.probe.ProbeTarget;
import io.hawser.node.probe.Prober;
import io.hawser.node.transport.Transport;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: wires its rooms together, starts them in order, and stops them in the reverse.
 *
 * <p>All that changes the node happens on its control loop, one thread that carries no traffic.
 */
public final class Node {

    private static final Logger log = LoggerFactory.getLogger(Node.class);

    /** Descriptors for everything that is not a client's connection. */
    private static final int SPARE_DESCRIPTORS = 512;

    private static final int PROBES_AT_ONCE = 256;

    /** Longer than any round trip: a client that got our SYN-ACK answers within it. */
    private static final long HANDSHAKE_GRACE_NANOS = 1_000_000_000;

    private final Path file;
    private final Defaults defaults;
    private final NodeMetrics metrics;
    private final AccessLog accessLog;
    private final DataPath dataPath;
    private final MultiThreadIoEventLoopGroup control;
    private final MultiThreadIoEventLoopGroup admin;
    private final Prober prober;
    private final TicketProbing ticketProbing;
    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create();
    private final Map<String, PoolControl> pools = new LinkedHashMap<>();
    private final Transport transport;
    private final CollectorRegistry registry = new CollectorRegistry();
    private final NodeStatusBoard board;
    private @Nullable AdminServer adminServer;
    private volatile HawserConfig config;

    private Node(Path file, HawserConfig config, Defaults defaults, BuildInfo build) throws IOException {
        this.file = file;
        this.config = config;
        this.defaults = defaults;
        NodeConfig node = config.node();
        this.metrics = new NodeMetrics(registry, build.version(), build.revision());
        this.accessLog = accessLog(config.log(), metrics);
        this.transport = Transport.of(Transport.Choice.valueOf(node.transport().name()));
        int workers = node.workers() > 0 ? node.workers() : Runtime.getRuntime().availableProcessors();
        this.dataPath = new DataPath(
                node.id(),
                transport,
                workers,
                maxConnections(node),
                metrics,
                accessLog,
                System::nanoTime,
                HANDSHAKE_GRACE_NANOS);
        this.control = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("control"), transport.ioHandler().get());
        this.admin = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("admin"), transport.ioHandler().get());
        this.prober = new Prober(
                control.next(),
                transport.channel(),
                random,
                PROBES_AT_ONCE,
                "hawser-health/" + build.version(),
                (pool, backend, outcome) -> {
                    PoolControl probed = pools.get(pool);
                    if (probed != null && probed.probed(backend, outcome)) {
                        ticketAgain(pool, backend);
                    }
                });
        this.ticketProbing = new TicketProbing(control.next(), transport.channel(), random, pools);
        if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider allocator) {
            metrics.sampled().bufferBytes(() -> allocator.metric().usedDirectMemory());
        }
        metrics.sampled().healthChecksDelayed(() -> prober.counts().delayed());
        this.board = new NodeStatusBoard(this, build, Instant.now());
    }

    /**
     * Starts a node: when this returns it serves.
     *
     * @throws IOException saying what can't be had and what to do
     * @throws ListenException when a listener can't be bound
     */
    public static Node start(Path file, HawserConfig config, Defaults defaults, BuildInfo build)
            throws IOException, ListenException {
        Node node = new Node(file, config, defaults, build);
        try {
            node.open();
            return node;
        } catch (IOException | ListenException | RuntimeException e) {
            node.shutDown();
            throw e;
        }
    }

    private void open() throws IOException, ListenException {
        var unused = onControl(() -> {
            apply(config);
            return config;
        });
        var unusedTimer = control.next()
                .scheduleAtFixedRate(() -> pools.values().forEach(PoolControl::tick), 1, 1, TimeUnit.SECONDS);
        AdminSettings settings = new AdminSettings(
                Plans.resolve(config.admin().bind(), "admin.bind"),
                config.admin().tokenFile() == null
                        ? null
                        : AdminToken.read(config.admin().tokenFile()));
        try {
            adminServer = AdminServer.start(admin, transport.serverChannel(), settings, board, metrics)
                    .toCompletableFuture()
                    .join();
        } catch (java.util.concurrent.CompletionException e) {
            throw new IOException(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
        }
        log.info("admin listens on {}", adminServer.address());
        board.serving();
        log.info(
                "node {} serves, with {} and {} workers", config.node().id(), transport.name(), dataPath.workerCount());
    }

    private void ticketAgain(String pool, String backend) {
        ticketProbing.again(pool, backend);
    }

    /** Takes a configuration in, or throws and leaves everything as it was. Control loop. */
    private void apply(HawserConfig next) throws IOException, ListenException {
        // All that can fail comes first.
        Map<String, PoolPlan> plans = new LinkedHashMap<>();
        List<ProbeTarget> probes = new ArrayList<>();
        List<ProbeTarget> ticketProbes = new ArrayList<>();
        for (PoolConfig pool : next.pools()) {
            PoolPlan plan = Plans.pool(pool);
            plans.put(pool.id(), plan);
            probes.addAll(Plans.probes(pool, plan));
            ticketProbes.addAll(Plans.ticketProbes(pool, plan));
        }
        Map<String, PoolControl> controls = new LinkedHashMap<>();
        Map<String, Pool> targets = new LinkedHashMap<>();
        plans.forEach((id, plan) -> {
            PoolControl pool = pools.get(id);
            if (pool == null) {
                pool = new PoolControl(plan, metrics, control.next(), System::nanoTime, random);
            }
            controls.put(id, pool);
            targets.put(id, pool.pool());
        });
        List<ListenerSettings> listeners = new ArrayList<>();
        for (ListenerConfig listener : next.listeners()) {
            listeners.add(Plans.listener(listener, targets, metrics));
        }
        // A connection that a new listener routes must find the new backends: pools go first where they stay.
        dataPath.listen(listeners);
        plans.forEach((id, plan) -> {
            PoolControl pool = controls.get(id);
            if (pool != null && pools.containsKey(id)) {
                pool.become(plan);
            }
        });
        pools.keySet().stream().filter(id -> !plans.containsKey(id)).forEach(metrics::removePool);
        pools.clear();
        pools.putAll(controls);
        prober.setTargets(probes);
        ticketProbing.setTargets(ticketProbes);
        config = next;
    }

    /** Reads the file again and takes it in; a file with an error changes nothing. Any thread. */
    public CompletableFuture<Change> reload() {
        return CompletableFuture.supplyAsync(this::reloadNow, control.next());
    }

    private Change reloadNow() {
        Change change = tryReload();
        boolean success = change instanceof Change.Applied;
        metrics.reloaded(success);
        board.reloaded(success);
        if (change instanceof Change.Refused refused) {
            refused.problems().forEach(problem -> log.error("{}", problem));
            log.error("reload refused, nothing has changed: {}", refused.why());
        } else {
            log.info("reloaded {}", file);
        }
        return change;
    }

    private Change tryReload() {
        try {
            ConfigResult result = ConfigReader.read(file.toString(), Files.readString(file), defaults);
            if (result instanceof ConfigResult.Invalid invalid) {
                return new Change.Refused(
                        file + " has errors",
                        invalid.errors().stream().map(ConfigError::toString).toList());
            }
            apply(((ConfigResult.Valid) result).config());
            accessLog.reopen();
            return new Change.Applied("reloaded " + file);
        } catch (IOException | ListenException e) {
            return new Change.Refused(String.valueOf(e.getMessage()), List.of());
        }
    }

    /** Stops accepting, lets open connections end up to the drain timeout, closes the rest, and ends. Blocks. */
    public void drainAndStop() throws InterruptedException {
        NodeConfig node = config.node();
        board.draining();
        log.info("drains: accepts for {} more, then waits up to {}", node.shutdownDelay(), node.drainTimeout());
        TimeUnit.NANOSECONDS.sleep(node.shutdownDelay().toNanos());
        var unlistened = dataPath.stopListening();
        long deadline = System.nanoTime() + node.drainTimeout().toNanos();
        unlistened.join();
        while (dataPath.connections() > 0 && System.nanoTime() - deadline < 0) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        int closed = dataPath.closeConnections().join();
        log.info("drained; {} connections were closed at the end of the drain timeout", closed);
        shutDown();
    }

    private void shutDown() {
        if (adminServer != null) {
            var unusedClose = adminServer.close();
        }
        var unused = dataPath.stopListening();
        dataPath.stop();
        admin.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
        control.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
        accessLog.close();
    }

    HawserConfig config() {
        return config;
    }

    Path file() {
        return file;
    }

    DataPath dataPath() {
        return dataPath;
    }

    NodeMetrics metrics() {
        return metrics;
    }

    /** The pools; control loop only. */
    Map<String, PoolControl> pools() {
        return pools;
    }

    /** Runs something on the control loop and waits for it; not for event loops that carry traffic. */
    <T> T onControl(ControlTask<T> task) throws IOException, ListenException {
        try {
            return CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return task.run();
                                } catch (IOException | ListenException e) {
                                    throw new java.util.concurrent.CompletionException(e);
                                }
                            },
                            control.next())
                    .join();
        } catch (java.util.concurrent.CompletionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            if (e.getCause() instanceof ListenException failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** Something to do on the control loop. */
    interface ControlTask<T> {
        T run() throws IOException, ListenException;
    }

    io.netty.channel.EventLoop controlLoop() {
        return control.next();
    }

    private static AccessLog accessLog(LogConfig config, NodeMetrics metrics) throws IOException {
        LogFormat format = LogFormat.valueOf(config.format().name());
        return switch (config.access()) {
            case LogConfig.ACCESS_OFF -> AccessLog.off();
            case LogConfig.ACCESS_STDOUT -> AccessLog.toStream(System.out, format, metrics::accessLogDropped);
            default -> AccessLog.toFile(Path.of(config.access()), format, metrics::accessLogDropped);
        };
    }

    private static int maxConnections(NodeConfig config) {
        if (config.maxConnections() > 0) {
            return config.maxConnections();
        }
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.UnixOperatingSystemMXBean unix) {
            // Two descriptors a connection.
            return (int) Math.max(
                    1, Math.min(Integer.MAX_VALUE, (unix.getMaxFileDescriptorCount() - SPARE_DESCRIPTORS) / 2));
        }
        return Integer.MAX_VALUE;
    }
}
