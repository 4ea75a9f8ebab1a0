package io.hawser.node;

import io.hawser.config.Defaults;
import io.hawser.config.DurationText;
import io.hawser.config.HawserConfig;
import io.hawser.config.ListenerConfig;
import io.hawser.config.LogConfig;
import io.hawser.config.NodeConfig;
import io.hawser.health.ProbePlan;
import io.hawser.node.admin.AdminServer;
import io.hawser.node.admin.AdminSettings;
import io.hawser.node.admin.Change;
import io.hawser.node.connection.DataPath;
import io.hawser.node.connection.ListenException;
import io.hawser.node.connection.ListenerSettings;
import io.hawser.node.coordination.Coordination;
import io.hawser.node.logging.AccessLog;
import io.hawser.node.logging.LogFormat;
import io.hawser.node.logging.LogLevel;
import io.hawser.node.metrics.NodeMetrics;
import io.hawser.node.pool.BackendNews;
import io.hawser.node.pool.Pool;
import io.hawser.node.pool.PoolControl;
import io.hawser.node.pool.PoolPlan;
import io.hawser.node.probe.ProbeTarget;
import io.hawser.node.probe.Prober;
import io.hawser.node.probe.TlsWarmUp;
import io.hawser.node.state.Bulletins;
import io.hawser.node.state.SharedState;
import io.hawser.node.transport.Transport;
import io.hawser.node.vip.BindVipDriver;
import io.hawser.node.vip.Vip;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One node: wires its rooms together, starts them in order, and stops them in the reverse.
 *
 * <p>All that changes the node happens on its control loop, one thread that carries no traffic.
 */
public final class Node {

    private static final Logger log = LoggerFactory.getLogger(Node.class);

    /** Descriptors for everything that is not a client's connection. */
    private static final int SPARE_DESCRIPTORS = 512;

    /** A handover takes milliseconds. */
    private static final long VIPS_PATIENCE_NANOS = 3_000_000_000L;

    private static final int PROBES_AT_ONCE = 256;

    private static final long SHARED_STATE_PATIENCE_NANOS = 30_000_000_000L;

    /** Longer than any round trip: a client that got our SYN-ACK answers within it. */
    private static final long HANDSHAKE_GRACE_NANOS = 1_000_000_000;

    private static final Duration TIME_TO_CLOSE = Duration.ofSeconds(15);

    private final Path file;
    private final BuildInfo build;
    private final NodeMetrics metrics;
    private final AccessLog accessLog;
    private final DataPath dataPath;
    private final MultiThreadIoEventLoopGroup control;
    private final MultiThreadIoEventLoopGroup admin;
    private final Prober prober;
    private final TicketProbing ticketProbing;
    private final TlsWarmUp tlsWarmUp = new TlsWarmUp();
    private final Membership membership;
    private final SharedState state;
    private final BackendNews news;
    private final Bulletins bulletins;
    private final ClientNews clientNews;
    private final RandomGenerator random;
    private final Map<String, PoolControl> pools = new LinkedHashMap<>();
    private final BackendChanges backendChanges;
    private final Transport transport;
    private final CollectorRegistry registry = new CollectorRegistry();
    private final NodeStatusBoard board;
    private final Reloads reloads;
    private final Vips vips;
    /** Those that are had by listening on them. Control loop. */
    private final Set<String> boundVips = new HashSet<>();
    /** Whether all listening is over. Control loop. */
    private boolean unlistened;

    private volatile @Nullable AdminServer adminServer;
    private volatile HawserConfig config;
    /** What is probed, by whichever node. Control loop. */
    private List<ProbeTarget> probes = List.of();

    private List<ProbeTarget> ticketProbes = List.of();
    /** Control loop. */
    private boolean probing;

    private Node(
            Path file,
            HawserConfig config,
            Defaults defaults,
            BuildInfo build,
            Membership membership,
            LongSupplier eventsDropped)
            throws IOException {
        this.file = file;
        this.build = build;
        this.config = config;
        this.membership = membership;
        this.state = membership.state();
        NodeConfig node = config.node();
        this.metrics = new NodeMetrics(registry, build.version(), build.revision());
        this.accessLog = accessLog(config.log(), metrics);
        this.transport = Transport.of(Transport.Choice.valueOf(node.transport().name()));
        // What clients must not guess: otherwise they could choose addresses that meet in one place of a table.
        SecureRandom secret = new SecureRandom();
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(secret.nextLong());
        int workers = node.workers() > 0 ? node.workers() : Runtime.getRuntime().availableProcessors();
        this.dataPath = new DataPath(
                node.id(),
                transport,
                workers,
                maxConnections(node),
                metrics,
                accessLog,
                System::nanoTime,
                HANDSHAKE_GRACE_NANOS,
                secret.nextLong());
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
        this.bulletins = new Bulletins(state);
        this.clientNews = new ClientNews(state, node.id(), dataPath, System::nanoTime);
        this.news = new BackendNews(state, node.id(), pools, control.next(), System::nanoTime);
        this.ticketProbing = new TicketProbing(control.next(), transport.channel(), random, pools);
        membership.orders().attach(control.next(), pools);
        this.backendChanges = new BackendChanges(coordination(), pools, control.next(), state::members);
        metrics.sampled().coordinationConnected(() -> coordination().status().connected());
        if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider allocator) {
            metrics.sampled().bufferBytes(() -> allocator.metric().usedDirectMemory());
        }
        metrics.sampled().healthChecksDelayed(() -> prober.counts().delayed());
        metrics.sampled()
                .cluster(
                        () -> state.peers().size(),
                        () -> state.replication().lagMillis() / 1e3,
                        () -> state.replication().changesWaiting(),
                        () -> state.replication().safeToStop());
        metrics.sampled().logDropped(eventsDropped);
        membership.identities().show(metrics);
        this.vips =
                Vips.of(config, coordination(), state, metrics, transport, control, new VipSockets(), () -> boardNow()
                        .readiness()
                        .ready());
        this.board = new NodeStatusBoard(this, build, Instant.now());
        this.reloads = new Reloads(this, board, defaults);
    }

    /**
     * Starts a node: when this returns it serves.
     *
     * @param eventsDropped events that the log has dropped, since the start
     * @throws IOException saying what can't be had and what to do
     * @throws ListenException when a listener can't be bound
     */
    public static Node start(
            Path file, HawserConfig config, Defaults defaults, BuildInfo build, LongSupplier eventsDropped)
            throws IOException, ListenException {
        Membership membership = Membership.enter(config, build);
        Node node = new Node(file, config, defaults, build, membership, eventsDropped);
        try {
            node.open();
            return node;
        } catch (IOException | ListenException | RuntimeException e) {
            node.shutDown();
            throw e;
        }
    }

    private void open() throws IOException, ListenException {
        Prepared prepared = Prepared.of(config, Map.of());
        var unusedPools = onControl(() -> {
            prepared.pools().forEach((id, plan) -> pools.put(id, newPool(plan)));
            news.start(this::aimProbes);
            return config;
        });
        awaitSharedState();
        var unused = onControl(() -> {
            takeIn(prepared);
            return config;
        });
        startProbing(prepared);
        var unusedTimer = control.next().scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.SECONDS);
        AdminServer server;
        try {
            server = AdminServer.start(
                            admin,
                            transport.serverChannel(),
                            prepared.admin(),
                            identities().admin(),
                            board,
                            metrics)
                    .toCompletableFuture()
                    .join();
        } catch (java.util.concurrent.CompletionException e) {
            throw new IOException(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
        }
        adminServer = server;
        log.info("admin listens on {}", server.address());
        board.serving();
        coordination().register(Plans.self(config, server.address(), build, membership.started()));
        vips.start();
        log.info(
                "node {} serves, with {} and {} workers", config.node().id(), transport.name(), dataPath.workerCount());
    }

    private void tick() {
        pools.values().forEach(PoolControl::tick);
        news.tick();
        clientNews.tick();
        vips.tell();
        AdminServer server = adminServer;
        if (server != null) {
            bulletins.tell(Plans.bulletin(
                    Plans.self(config, server.address(), build, membership.started()), state.replication()));
        }
    }

    /**
     * Whoever connects finds a node that knows the sessions of the others: it waits for them before it listens, but not
     * for ever, since clients may have nowhere else to go.
     */
    private void awaitSharedState() throws IOException {
        long deadline = System.nanoTime() + SHARED_STATE_PATIENCE_NANOS;
        try {
            while (!state.unreadiness().isEmpty()) {
                if (System.nanoTime() - deadline > 0) {
                    log.warn("serves, though {}", String.join("; ", state.unreadiness()));
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the cluster's affinity tables");
        }
    }

    /** Begins to probe once TLS is warm, which may take a second; the node serves meanwhile. */
    private void startProbing(Prepared prepared) {
        var unused = CompletableFuture.runAsync(() -> warmUpFor(prepared), task -> new Thread(task, "warm-up").start())
                .thenRunAsync(
                        () -> {
                            probing = true;
                            aimProbes();
                        },
                        control.next());
    }

    /** Gets ready for a configuration that is about to be taken in. Blocks: never on an event loop. */
    void warmUpFor(Prepared next) {
        if (next.probesTls()) {
            tlsWarmUp.run();
        }
    }

    private void ticketAgain(String pool, String backend) {
        ticketProbing.again(pool, backend);
    }

    /** Takes a configuration in, or throws and leaves everything as it was. Control loop. */
    private void takeIn(Prepared next) throws ListenException {
        Map<String, PoolControl> controls = new LinkedHashMap<>();
        Map<String, Pool> targets = new LinkedHashMap<>();
        next.pools().forEach((id, plan) -> {
            PoolControl pool = pools.get(id);
            if (pool == null) {
                pool = newPool(plan);
            }
            controls.put(id, pool);
            targets.put(id, pool.pool());
        });
        try {
            var unused = dataPath.listen(listeners(next.config(), targets));
        } catch (ListenException e) {
            controls.values().stream()
                    .filter(pool -> !pools.containsValue(pool))
                    .forEach(PoolControl::close);
            throw e;
        }
        controls.forEach((id, pool) -> {
            if (pools.containsKey(id)) {
                pool.become(Objects.requireNonNull(next.pools().get(id)));
            }
        });
        pools.values().stream().filter(pool -> !controls.containsValue(pool)).forEach(PoolControl::close);
        pools.clear();
        pools.putAll(controls);
        probes = next.probes();
        ticketProbes = next.ticketProbes();
        aimProbes();
        LogLevel.set(Level.valueOf(next.config().log().level().name()));
        config = next.config();
        membership.orders().tellOfUnknown();
    }

    private List<ListenerSettings> listeners(HawserConfig whole, Map<String, Pool> targets) {
        List<ListenerSettings> listeners = new ArrayList<>();
        for (ListenerConfig listener : whole.listeners()) {
            listeners.add(Plans.listener(whole, listener, targets, metrics, boundVips));
        }
        return listeners;
    }

    /** Listens on the addresses of a VIP, or no longer. Not for event loops. */
    private void bind(String vip, boolean bound) throws IOException {
        try {
            onControl(() -> {
                        if (bound ? !boundVips.add(vip) : !boundVips.remove(vip)) {
                            return CompletableFuture.completedFuture(null);
                        }
                        Map<String, Pool> targets = new LinkedHashMap<>();
                        pools.forEach((id, pool) -> targets.put(id, pool.pool()));
                        try {
                            return unlistened
                                    ? CompletableFuture.completedFuture(null)
                                    : dataPath.listen(listeners(config, targets));
                        } catch (ListenException e) {
                            boundVips.remove(vip);
                            throw e;
                        }
                    })
                    .join();
        } catch (ListenException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Where a VIP is had by listening on it. */
    private final class VipSockets implements BindVipDriver.Sockets {

        @Override
        public void open(Vip vip) throws IOException {
            bind(vip.id(), true);
        }

        @Override
        public void close(Vip vip) throws IOException {
            bind(vip.id(), false);
        }
    }

    private PoolControl newPool(PoolPlan plan) {
        PoolControl pool = new PoolControl(
                plan, state, config.node().id(), news, metrics, control.next(), System::nanoTime, random);
        pool.meet(state.members());
        pool.operated(membership.orders().of(plan.id()));
        return pool;
    }

    /** Each backend is probed by a few nodes; which ones, every node works out by itself. Control loop. */
    private void aimProbes() {
        if (!probing) {
            return;
        }
        Set<String> members = state.members();
        prober.setTargets(mine(probes, members));
        ticketProbing.setTargets(mine(ticketProbes, members));
    }

    private List<ProbeTarget> mine(List<ProbeTarget> all, Set<String> members) {
        String self = config.node().id();
        return all.stream()
                .filter(target -> ProbePlan.probes(self, members, target.pool(), target.backend()))
                .toList();
    }

    /** Reads the file again and takes it in; a file with an error changes nothing. Any thread. */
    public CompletableFuture<Change> reload() {
        return reloads.reload();
    }

    /**
     * Takes a changed configuration in, or throws and leaves everything as it was. Control loop.
     *
     * @return the admin settings that held before
     */
    AdminSettings retake(Prepared next) throws ListenException {
        takeIn(next);
        accessLog.reopen();
        AdminServer server = adminServer;
        return server == null ? next.admin() : server.become(next.admin());
    }

    /** The pools as they were last taken in. Control loop. */
    Map<String, PoolPlan> plans() {
        Map<String, PoolPlan> plans = new LinkedHashMap<>();
        pools.forEach((id, pool) -> plans.put(id, pool.plan()));
        return plans;
    }

    /** All loops without which this node is of no use: those that carry traffic, and what directs them. */
    public List<EventExecutor> eventLoops() {
        List<EventExecutor> loops = new ArrayList<>(dataPath.eventLoops());
        loops.add(control.next());
        loops.add(admin.next());
        return loops;
    }

    /** How long {@link #drainAndStop} takes at most, as configured; with some time to close what is left. */
    public Duration longestStop() {
        NodeConfig node = config.node();
        return node.shutdownDelay().plus(node.drainTimeout()).plus(TIME_TO_CLOSE);
    }

    /** Stops accepting, lets open connections end up to the drain timeout, closes the rest, and ends. Blocks. */
    public void drainAndStop() throws InterruptedException {
        NodeConfig node = config.node();
        board.draining();
        coordination().withdraw();
        log.info(
                "drains: accepts for {} more, then waits up to {}",
                DurationText.format(node.shutdownDelay()),
                DurationText.format(node.drainTimeout()));
        leaveVips();
        TimeUnit.NANOSECONDS.sleep(node.shutdownDelay().toNanos());
        // On the control loop, so that no reload under way listens again.
        CompletableFuture<?> closed = CompletableFuture.completedFuture(null)
                .thenComposeAsync(
                        started -> {
                            unlistened = true;
                            return dataPath.stopListening();
                        },
                        control.next());
        long deadline = System.nanoTime() + node.drainTimeout().toNanos();
        closed.join();
        while (dataPath.connections() > 0 && System.nanoTime() - deadline < 0) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        int left = dataPath.closeConnections().join();
        log.info("drained; {} connections were closed at the end of the drain timeout", left);
        awaitSettled(deadline);
        shutDown();
    }

    /** What the last connections have taught is with the others before this node leaves them, if the time allows. */
    private void awaitSettled(long deadline) throws InterruptedException {
        while (!state.replication().isSettled()) {
            if (System.nanoTime() - deadline >= 0) {
                log.warn(
                        "leaves at the end of the drain timeout, though not all is with the other nodes: {}",
                        state.replication());
                return;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        if (state.replication().shared()) {
            log.info("the other nodes know all that this one knew of sessions");
        }
    }

    /** New connections come to the others from then on; those that are open here go on. */
    private void leaveVips() throws InterruptedException {
        try {
            vips.leave().get(VIPS_PATIENCE_NANOS, TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            log.warn("other nodes have not taken over all VIPs; they will once this one has let go");
        }
    }

    private void shutDown() {
        reloads.stop();
        vips.close();
        AdminServer server = adminServer;
        if (server != null) {
            var unusedClose = server.close();
        }
        var unused = dataPath.stopListening();
        dataPath.stop();
        admin.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
        control.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
        membership.close();
        accessLog.close();
    }

    /** For the control loop. */
    RandomGenerator random() {
        return random;
    }

    SharedState state() {
        return state;
    }

    /** Where the admin server listens, with the port that it got; null before it does. */
    @Nullable InetSocketAddress adminAddress() {
        AdminServer server = adminServer;
        return server == null ? null : server.address();
    }

    HawserConfig config() {
        return config;
    }

    Path file() {
        return file;
    }

    BackendChanges backendChanges() {
        return backendChanges;
    }

    Bulletins bulletins() {
        return bulletins;
    }

    Coordination coordination() {
        return membership.coordination();
    }

    Identities identities() {
        return membership.identities();
    }

    OperatorOrders orders() {
        return membership.orders();
    }

    Vips vips() {
        return vips;
    }

    /** For what is made before the board, and asks it later. */
    private NodeStatusBoard boardNow() {
        return board;
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
