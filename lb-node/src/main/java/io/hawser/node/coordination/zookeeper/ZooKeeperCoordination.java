package io.hawser.node.coordination.zookeeper;

import io.hawser.node.coordination.ChangeOutcome;
import io.hawser.node.coordination.Coordination;
import io.hawser.node.coordination.CoordinationListener;
import io.hawser.node.coordination.CoordinationStatus;
import io.hawser.node.coordination.Member;
import io.hawser.node.coordination.VipRegisters;
import io.hawser.pool.OperatorSetting;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.BoundedExponentialBackoffRetry;
import org.apache.curator.utils.ThreadUtils;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooDefs;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes agree by ZooKeeper.
 *
 * <p>All but operators' changes happens on one thread, which looks once a second whether everything is as it should be,
 * and does what is missing: so that it does not matter when ZooKeeper goes and comes. Changes have a thread of their own,
 * since they wait for the first one, here and on other nodes.
 */
public final class ZooKeeperCoordination implements Coordination {

    private static final Logger log = LoggerFactory.getLogger(ZooKeeperCoordination.class);

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);
    private static final int MAX_CHANGES_WAITING = 64;
    private static final int MAX_CONNECTION_TIMEOUT_MILLIS = 2000;
    private static final long DIAGNOSIS_NANOS = 10_000_000_000L;

    private final ZooKeeperSettings settings;
    private final Clock clock;
    private final Waits waits;
    private final CuratorFramework client;
    private final Paths paths;
    private final Protection protection;
    private final @Nullable TlsClient tls;
    private final NodeClaim claim;
    private final Members members;
    private final OperatorChanges operatorChanges;
    private final Confirmations confirmations;
    private final ZooKeeperVipRegisters vips;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("coordination", true));
    private final ExecutorService changes = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_CHANGES_WAITING),
            new DefaultThreadFactory("operator-changes", true));
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private final CompletableFuture<Void> loaded = new CompletableFuture<>();
    private final CompletableFuture<Void> held = new CompletableFuture<>();

    private @Nullable CoordinationListener listener;
    private volatile @Nullable Member self;
    private boolean arePathsMade;
    private long contendedUntilNanos;
    private volatile boolean connected;
    private volatile Instant since;
    private volatile @Nullable String problem;
    private volatile @Nullable String unreachable;
    /** Whether it is being found out why. */
    private final AtomicBoolean diagnosing = new AtomicBoolean();

    private long diagnoseNanos = System.nanoTime();
    private volatile Json.@Nullable Holder contender;

    /** Makes it; nothing is connected yet. */
    public ZooKeeperCoordination(ZooKeeperSettings settings, Clock clock) {
        this(settings, clock, Waits.USUAL);
    }

    ZooKeeperCoordination(ZooKeeperSettings settings, Clock clock, Waits waits) {
        this.settings = settings;
        this.clock = clock;
        this.waits = waits;
        this.since = clock.instant();
        this.paths = new Paths(settings.chroot());
        this.protection = new Protection(paths);
        CuratorFrameworkFactory.Builder builder = CuratorFrameworkFactory.builder()
                .connectString(settings.servers())
                .sessionTimeoutMs(settings.sessionTimeoutMillis())
                .connectionTimeoutMs(Math.min(settings.sessionTimeoutMillis(), MAX_CONNECTION_TIMEOUT_MILLIS))
                .retryPolicy(new BoundedExponentialBackoffRetry(50, 500, 4))
                .threadFactory(ThreadUtils.newThreadFactory("curator"))
                // Parents that vanish with their last child are not for what is kept for ever.
                .dontUseContainerParents()
                // The servers' idea of their own addresses need not be what reaches them from here.
                .ensembleTracker(false);
        Credentials credentials = settings.credentials();
        if (credentials != null) {
            builder.authorization("digest", credentials.bytes()).aclProvider(protection);
        }
        ZooKeeperTls secured = settings.tls();
        this.tls = secured == null ? null : new TlsClient(secured);
        if (tls != null) {
            builder.zkClientConfig(tls.config()).zookeeperFactory(tls.factory());
        }
        this.client = builder.build();
        Json json = new Json();
        String start = UUID.randomUUID().toString();
        this.claim = new NodeClaim(client, json, paths.node(settings.node()), start, settings.address());
        this.members = new Members(
                client, paths, json, settings.node() + "~" + start, thread, now -> heard().membersChanged(now));
        this.operatorChanges = new OperatorChanges(
                client, paths, json, settings.node(), clock, thread, all -> heard().operated(all), inForce -> {
                    loaded.complete(null);
                    attempt("confirm changes", () -> claim.confirm(inForce));
                });
        this.confirmations = new Confirmations(client, paths, json, System::nanoTime);
        this.vips = new ZooKeeperVipRegisters(
                client,
                paths,
                credentials == null ? ZooDefs.Ids.OPEN_ACL_UNSAFE : ZooDefs.Ids.CREATOR_ALL_ACL,
                json,
                settings.node(),
                clock,
                changes);
    }

    private CoordinationListener heard() {
        return Objects.requireNonNull(listener, "not started");
    }

    @Override
    public void start(CoordinationListener heard) throws IOException, InterruptedException {
        listener = heard;
        // Not on the thread, which may be waiting for just this.
        client.getConnectionStateListenable().addListener((any, state) -> connectionChanged(state));
        client.start();
        var unused = thread.scheduleWithFixedDelay(this::putInOrder, 1, 1, TimeUnit.SECONDS);
        CompletableFuture<Void> ready = CompletableFuture.allOf(loaded, held);
        try {
            waitFor(ready);
        } catch (ExecutionException e) {
            throw new IOException(
                    e.getCause() == null ? e.toString() : e.getCause().getMessage(), e);
        }
        if (!ready.isDone()) {
            log.error("starts without: {}", notReached());
        }
    }

    private void waitFor(CompletableFuture<Void> ready) throws InterruptedException, ExecutionException {
        do {
            try {
                ready.get(waits.start().toMillis(), TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                // Looked at below.
            }
        } while (connected && contender != null);
    }

    private void connectionChanged(ConnectionState state) {
        boolean now = state.isConnected();
        if (now != connected) {
            since = clock.instant();
            connected = now;
            unreachable = null;
            if (now) {
                log.info("connected to ZooKeeper at {}", settings.servers());
            } else {
                log.warn("{}", lost());
            }
        }
        if (state == ConnectionState.LOST) {
            log.warn("the session at ZooKeeper is over: the other nodes no longer see this one");
        }
        if (now && !thread.isShutdown()) {
            thread.execute(this::putInOrder);
        }
    }

    /** Does what is missing, if anything is. */
    private void putInOrder() {
        if (!connected) {
            diagnose();
            return;
        }
        attempt("put this node's part of ZooKeeper in order", () -> {
            makePaths();
            operatorChanges.start();
            members.start();
            Json.Holder other = claim.hold();
            if (other != null) {
                contended(other);
                return;
            }
            if (contender != null) {
                log.info("node id {} is this node's now", settings.node());
            }
            contender = null;
            held.complete(null);
            Member member = self;
            if (member != null) {
                members.register(member);
            }
            members.look();
            vips.putInOrder();
        });
    }

    /** Finds out now and then why there is no connection, on a thread of its own, since it takes seconds. */
    private void diagnose() {
        if (tls == null || System.nanoTime() - diagnoseNanos < 0 || !diagnosing.compareAndSet(false, true)) {
            return;
        }
        diagnoseNanos = System.nanoTime() + DIAGNOSIS_NANOS;
        new DefaultThreadFactory("coordination-diagnosis", true)
                .newThread(() -> {
                    String found = tls.problem(settings.servers());
                    if (!connected && found != null && !found.equals(unreachable)) {
                        unreachable = found;
                        log.warn("ZooKeeper can't be spoken to by TLS: {}", found);
                    }
                    diagnosing.set(false);
                })
                .start();
    }

    private void makePaths() throws Exception {
        if (arePathsMade) {
            return;
        }
        for (String path : List.of(paths.members(), paths.nodes(), paths.operator())) {
            try {
                client.create().creatingParentsIfNeeded().forPath(path, new byte[0]);
            } catch (KeeperException.NodeExistsException e) {
                // Made by an earlier start, or by another node.
            }
        }
        if (settings.credentials() != null) {
            for (String path : paths.all()) {
                protection.close(client, path);
            }
        }
        arePathsMade = true;
        int given = client.getZookeeperClient().getZooKeeper().getSessionTimeout();
        if (given != settings.sessionTimeoutMillis()) {
            log.warn(
                    "ZooKeeper gives a session timeout of {} ms and not the {} ms asked for: its tickTime does not allow"
                            + " that",
                    given,
                    settings.sessionTimeoutMillis());
        }
    }

    /** Somebody else has this node's id: this node's own past, which ends with its session, or another node. */
    private void contended(Json.Holder other) throws Exception {
        if (contender == null) {
            long wait = client.getZookeeperClient().getZooKeeper().getSessionTimeout()
                    + waits.expiryMargin().toMillis();
            contendedUntilNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(wait);
            log.warn(
                    "node id {} is registered by a node at {}; waits up to {} ms for its session to end, in case it was"
                            + " this node before it was started again",
                    settings.node(),
                    other.address(),
                    wait);
        }
        contender = other;
        if (!held.isDone() && System.nanoTime() - contendedUntilNanos >= 0) {
            held.completeExceptionally(new IOException(taken(other)));
        }
    }

    private String taken(Json.Holder other) {
        return "the node id " + settings.node() + " is taken by another node that is alive, at " + other.address()
                + "; give each node a node.id of its own, or stop that one";
    }

    private String lost() {
        return "ZooKeeper at " + settings.servers() + " is lost" + sinceText() + inParentheses(unreachable)
                + ": traffic goes on with what is known, and changes by operators are refused until it is back";
    }

    private String notReached() {
        return "ZooKeeper at " + settings.servers() + " has not been reached since this node was started"
                + inParentheses(unreachable == null ? problem : unreachable)
                + ", so that what operators have set is not known here: traffic is served as the file says";
    }

    private static String inParentheses(@Nullable String text) {
        return text == null ? "" : " (" + text + ")";
    }

    private String sinceText() {
        return " since " + since.truncatedTo(ChronoUnit.SECONDS);
    }

    @Override
    public void register(Member member) {
        self = member;
        thread.execute(this::putInOrder);
    }

    @Override
    public void withdraw() {
        self = null;
        onThread(() -> {
            if (connected) {
                members.unregister();
            }
        });
    }

    @Override
    public List<Member> members() {
        List<Member> seen = members.list();
        Member member = self;
        if (member == null || seen.stream().anyMatch(one -> one.id().equals(member.id()))) {
            return seen;
        }
        // ZooKeeper can't be asked, or has not answered yet.
        return Stream.concat(seen.stream(), Stream.of(member))
                .sorted(Comparator.comparing(Member::id))
                .toList();
    }

    @Override
    public CoordinationStatus status() {
        List<String> obstacles = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        Json.Holder other = contender;
        if (!loaded.isDone()) {
            obstacles.add(notReached());
        } else if (!connected) {
            warnings.add(lost());
        }
        if (other != null) {
            (claim.wasHeld() ? warnings : obstacles).add(taken(other));
        }
        return new CoordinationStatus("zookeeper", connected, obstacles, warnings);
    }

    @Override
    public VipRegisters vips() {
        return vips;
    }

    @Override
    public CompletionStage<ChangeOutcome> change(String pool, String backend, UnaryOperator<OperatorSetting> edit) {
        if (!connected) {
            return CompletableFuture.completedFuture(new ChangeOutcome.Refused(
                    loaded.isDone() ? lost() : notReached() + ". Changes are refused until then"));
        }
        try {
            return CompletableFuture.supplyAsync(() -> changeNow(pool, backend, edit), changes)
                    .completeOnTimeout(
                            new ChangeOutcome.Refused("ZooKeeper at " + settings.servers()
                                    + " does not answer in time; it may or may not have kept the change, which shows when"
                                    + " it is back"),
                            waits.change().toMillis(),
                            TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(new ChangeOutcome.Refused(
                    MAX_CHANGES_WAITING + " changes are waiting already; try again when they are done"));
        }
    }

    private ChangeOutcome changeNow(String pool, String backend, UnaryOperator<OperatorSetting> edit) {
        long zxid;
        try {
            zxid = operatorChanges.write(pool, backend, edit);
        } catch (KeeperException.ConnectionLossException
                | KeeperException.SessionExpiredException
                | KeeperException.OperationTimeoutException e) {
            return new ChangeOutcome.Refused("ZooKeeper at " + settings.servers()
                    + " was lost while the change was written; it may or may not have been kept, which shows when it is"
                    + " back");
        } catch (Exception e) {
            restoreInterrupt(e);
            return new ChangeOutcome.Refused("ZooKeeper does not keep it: " + e.getMessage());
        }
        try {
            Confirmations.Result result = confirmations.await(
                    pool + "/" + backend, zxid, waits.confirmation().toNanos());
            return result.missing().isEmpty()
                    ? new ChangeOutcome.InForce(result.nodes())
                    : new ChangeOutcome.Kept(result.missing());
        } catch (Exception e) {
            restoreInterrupt(e);
            log.debug("confirmations can't be read", e);
            return new ChangeOutcome.Kept(List.of());
        }
    }

    @Override
    public void close() {
        if (isClosed.getAndSet(true)) {
            return;
        }
        changes.shutdownNow();
        vips.close();
        self = null;
        onThread(() -> {
            if (connected) {
                members.unregister();
                claim.release();
            }
            operatorChanges.close();
            members.close();
        });
        thread.shutdownNow();
        // Ends the session as well, but may wait for a server that does not answer.
        Thread closing = new DefaultThreadFactory("coordination-close", true).newThread(client::close);
        closing.start();
        try {
            closing.join(CLOSE_TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (tls != null) {
            tls.close();
        }
    }

    /** Something that ZooKeeper may refuse or not answer. */
    private interface Step {
        void run() throws Exception;
    }

    /** On the thread, and waits for it for a while. */
    private void onThread(Step step) {
        try {
            thread.submit(() -> {
                        step.run();
                        return null;
                    })
                    .get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
            log.warn("this node's registration ends with its session only: {}", e.toString());
        }
    }

    /** What fails now is tried again: on the next second, or when ZooKeeper is back. */
    private void attempt(String what, Step step) {
        try {
            step.run();
            problem = null;
        } catch (Exception e) {
            restoreInterrupt(e);
            String now = e instanceof KeeperException.NoAuthException refused
                    ? refused(refused)
                    : e.getMessage() == null ? e.toString() : e.getMessage();
            if (!now.equals(problem)) {
                log.warn("cannot {} now, and tries again: {}", what, now);
            }
            problem = now;
        }
    }

    private String refused(KeeperException.NoAuthException e) {
        return "ZooKeeper refuses access to " + e.getPath()
                + (settings.credentials() == null
                        ? ", which is protected, and this node has no zookeeper.auth-file"
                        : ", which is protected by another password than that in zookeeper.auth-file");
    }

    private static void restoreInterrupt(Exception e) {
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
    }
}
