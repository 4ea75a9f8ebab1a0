package io.hawser.node.vip;

import io.hawser.net.IpAddress;
import io.hawser.vip.Flow;
import io.hawser.vip.FlowReport;
import io.hawser.vip.FlowReporter;
import io.hawser.vip.ReportedFlows;
import io.hawser.vip.TickleAck;
import io.hawser.vip.TickleRun;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to the connections that are open over VIPs when these change hands.
 *
 * <p>When an owner lets go, its connections stay with it, and the new owner hands their packets to it. When an owner is
 * lost, the new one has its clients find out. For both, every node that has connections over a VIP tells the others once
 * a second which these are.
 *
 * <p>All is done on a thread of its own, one thing after the other; every method may be called on any thread, in the
 * order in which things happen, and returns at once. What fails is logged: it costs connections that are open, and never
 * holds up the VIP itself.
 */
public final class EstablishedConnections implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EstablishedConnections.class);

    private static final long LOOK_MILLIS = 1000;
    private static final long EXPECT_PATIENCE_SECONDS = 3;

    /** The kernel takes 3 µs for each connection: of a hundred thousand it is asked less often than once a second. */
    private static final int ASKED_PART_OF_TIME = 50;

    private final String node;
    private final HandOverSettings settings;
    private final Consumer<FlowReport> teller;
    private final LongSupplier nanoTime;
    private final Set<IpAddress> addresses;
    private final Libc libc = Libc.load();
    private final OpenFlows openFlows = new OpenFlows(libc);
    private final ReportedFlows reported = new ReportedFlows(FlowReporter.MOST);
    private final Map<String, Turn> turns = new LinkedHashMap<>();
    private final Set<String> present = new HashSet<>();
    private final Set<String> gone = new HashSet<>();
    private long tickled;
    private long notTickled;
    private volatile Figures figures = new Figures(0, 0, 0, 0, 0, 0);
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("vip-connections", true));

    /**
     * How much there is, as of the last look.
     *
     * @param open connections of this node over VIPs
     * @param untold of these, how many the others don't know, because there are too many: {@link FlowReporter#MOST} a VIP
     * @param reported connections over VIPs that others have, or had when they died
     * @param handed connections of which this node knows that they live on others, to which it hands their packets
     * @param tickled packets sent to clients of nodes that died, since the start
     * @param notTickled those that could not be sent
     */
    public record Figures(long open, long untold, long reported, long handed, long tickled, long notTickled) {}

    /** What this node has to do with a VIP. */
    private final class Turn {
        private final Vip vip;
        private final HandOver handOver;
        private final FlowReporter reporter;
        private boolean owner;
        private @Nullable Runnable whenDone;
        private long doneAtNanos;
        private int looksWithout;
        private Set<Flow> flows = Set.of();
        private long askAgainAtNanos;
        private int open;

        Turn(Vip vip) {
            this.vip = vip;
            this.handOver = new HandOver(vip, settings.patience());
            this.reporter = new FlowReporter(node, vip.address(), FlowReporter.MOST);
            this.askAgainAtNanos = nanoTime.getAsLong();
        }
    }

    /**
     * Starts. What an earlier process left is removed by {@link KernelVipDriver}, which is to be made before.
     *
     * @param node this node's id
     * @param vips those that are held by {@link KernelVipDriver}
     * @param teller tells all other nodes, or nobody when there are none; called on the thread of this, must not block
     * @throws VipException saying what is missing, when the kernel or its tools can't do it
     */
    public EstablishedConnections(
            String node,
            Collection<Vip> vips,
            HandOverSettings settings,
            Consumer<FlowReport> teller,
            LongSupplier nanoTime) {
        this.node = node;
        this.settings = settings;
        this.teller = teller;
        this.nanoTime = nanoTime;
        this.addresses = vips.stream().map(Vip::address).collect(Collectors.toUnmodifiableSet());
        for (Vip vip : vips) {
            if (settings.handOver()) {
                HandOver.requireSupport(vip);
            }
            if (ownAddress(vip) == null) {
                log.warn(
                        "vip {}: this host has no {} address of its own on {}, so the others can't hand it packets of"
                                + " connections that it has",
                        vip.id(),
                        vip.address().isV4() ? "IPv4" : "IPv6",
                        vip.interfaceName());
            }
            turns.put(vip.id(), new Turn(vip));
        }
        var unused = thread.scheduleWithFixedDelay(
                () -> guarded("look after connections", this::look), LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /**
     * This node is about to say that it stands by for a VIP that another one has; when what is returned completes, it can
     * take over without breaking that one's connections. Harmless if it doesn't come to that.
     *
     * @param owner the node that has the VIP
     * @param host that node's own address; what it has {@linkplain #heard told} counts more, null when it isn't known
     * @return completes normally in any case, after three seconds at the latest
     */
    public CompletableFuture<Void> expect(Vip vip, String owner, @Nullable IpAddress host) {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        on(vip, "prepare to hand over connections", turn -> {
            try {
                if (settings.handOver() && !owner.equals(node) && !gone.contains(owner)) {
                    begin(turn, owner, host);
                }
            } finally {
                ready.complete(null);
            }
        });
        return ready.completeOnTimeout(null, EXPECT_PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void begin(Turn turn, String owner, @Nullable IpAddress host) {
        IpAddress vip = turn.vip.address();
        IpAddress told = reported.holder(owner, vip);
        IpAddress address = told != null || host == null || host.isV4() != vip.isV4() ? told : host;
        turn.handOver.begin(owner, address, openFlows.over(vip), nanoTime.getAsLong());
        hand(turn);
    }

    private void hand(Turn turn) {
        if (settings.handOver()) {
            turn.handOver.hand(holders(turn), nanoTime.getAsLong());
        }
    }

    private Map<Flow, IpAddress> holders(Turn turn) {
        return reported.holders(turn.vip.address(), gone, turn.handOver.lastOwner());
    }

    /**
     * This node has a VIP now, in the kernel.
     *
     * @param from the node that had it before; null when none is known of
     * @param released whether that node let go of it by itself and lives; if not, or when nothing is handed over, its
     *     clients are told
     * @param host as with {@link #expect}
     */
    public void acquired(Vip vip, @Nullable String from, boolean released, @Nullable IpAddress host) {
        on(vip, "hand over connections", turn -> {
            turn.owner = true;
            turn.whenDone = null;
            if (from == null || from.equals(node)) {
                // Whatever was expected has not come.
                turn.handOver.end();
            } else if (released && settings.handOver() && !gone.contains(from)) {
                if (!turn.handOver.isFrom(from)) {
                    begin(turn, from, host);
                }
                turn.handOver.acquired(nanoTime.getAsLong());
            } else {
                giveUp(turn, from);
                turn.handOver.acquired(nanoTime.getAsLong());
            }
            turn.askAgainAtNanos = nanoTime.getAsLong();
            // So that the others know where to hand what begins from now on, should it move again at once.
            look(turn);
        });
    }

    /** What lived on a node ends: this host answers for it now, and has its clients ask. */
    private void giveUp(Turn turn, String from) {
        IpAddress vip = turn.vip.address();
        Set<Flow> lost = reported.of(from, vip);
        reported.forget(from, vip);
        try {
            turn.handOver.gone(from, holders(turn));
        } finally {
            if (settings.tickle() && !lost.isEmpty()) {
                log.info(
                        "vip {}: {} clients of node {} are made to find out that their connections are gone",
                        turn.vip.id(),
                        lost.size(),
                        from);
                tickle(turn, new TickleRun(lost));
            }
        }
    }

    private void tickle(Turn turn, TickleRun run) {
        if (!turn.owner || run.isOver()) {
            return;
        }
        try (RawIpSocket socket = new RawIpSocket(libc, turn.vip.address().isV4())) {
            for (TickleAck tickle : run.next()) {
                if (socket.send(tickle.flow().client(), tickle.toBytes())) {
                    tickled++;
                } else {
                    notTickled++;
                }
            }
        }
        if (!run.isOver()) {
            var unused = thread.schedule(
                    () -> guarded("tell clients that their connections are gone", () -> tickle(turn, run)),
                    run.pauseMillis(),
                    TimeUnit.MILLISECONDS);
        }
    }

    /**
     * This node has let go of a VIP by {@link VipDriver#retire}.
     *
     * @param whenDone what calls {@link VipDriver#finish} on the driver's thread: run once, when no connection is open
     *     over the VIP any more or the patience is over, unless this node has the VIP again by then
     */
    public void retired(Vip vip, Runnable whenDone) {
        on(vip, "tell of connections", turn -> {
            turn.owner = false;
            turn.whenDone = whenDone;
            turn.doneAtNanos = nanoTime.getAsLong() + settings.patience().toNanos();
            turn.looksWithout = 0;
            turn.askAgainAtNanos = nanoTime.getAsLong();
            look(turn);
        });
    }

    /** This node has lost a VIP, or dropped it for good. */
    public void lost(Vip vip) {
        on(vip, "end the hand-over of connections", turn -> {
            turn.owner = false;
            turn.whenDone = null;
            turn.handOver.end();
        });
    }

    /**
     * Another node has a VIP which this one had lost, and its clients are told that their connections here are gone: so
     * they are, for this node, too.
     */
    public void overtaken(Vip vip) {
        on(vip, "reset connections", turn -> {
            int reset = turn.owner || turn.whenDone != null ? 0 : openFlows.reset(vip.address());
            if (reset > 0) {
                log.info("vip {}: reset {} connections, since another node has the VIP now", vip.id(), reset);
            }
        });
    }

    /** Whether connections stay where they are when this node lets go of a VIP: then it is to be retired. */
    public boolean handsOver() {
        return settings.handOver();
    }

    /** Another node has told of its connections. */
    public void heard(FlowReport report) {
        execute("take in what another node tells", () -> {
            if (addresses.contains(report.vip()) && !report.node().equals(node)) {
                reported.take(report, nanoTime.getAsLong());
            }
        });
    }

    /** The nodes that are there now; called when that has changed, and may be called at any time. */
    public void peers(Set<String> there) {
        execute("give up what lived on a node that is gone", () -> {
            Set<String> left = new HashSet<>(present);
            left.removeAll(there);
            present.clear();
            present.addAll(there);
            gone.removeAll(there);
            gone.addAll(left);
            for (String other : left) {
                for (Turn turn : turns.values()) {
                    if (turn.owner) {
                        giveUp(turn, other);
                    }
                }
            }
        });
    }

    /** How much there is. */
    public Figures figures() {
        return figures;
    }

    private void look() {
        reported.expire(nanoTime.getAsLong());
        turns.values().forEach(turn -> guarded("look after connections", () -> look(turn)));
        figures = new Figures(
                turns.values().stream().mapToLong(turn -> turn.open).sum(),
                turns.values().stream()
                        .mapToLong(turn -> turn.reporter.untold())
                        .sum(),
                reported.size(),
                turns.values().stream().mapToLong(turn -> turn.handOver.size()).sum(),
                tickled,
                notTickled);
    }

    private void look(Turn turn) {
        long now = nanoTime.getAsLong();
        if (turn.owner || turn.whenDone != null) {
            boolean asked = now - turn.askAgainAtNanos >= 0;
            if (asked) {
                turn.flows = openFlows.over(turn.vip.address());
                long took = nanoTime.getAsLong() - now;
                turn.askAgainAtNanos = now + ASKED_PART_OF_TIME * took;
            }
            turn.open = turn.flows.size();
            // Also when nothing is new: who tells nothing seems to have no connections.
            tell(turn, turn.flows);
            if (turn.whenDone != null) {
                finishIfDone(turn, asked, now);
            }
        } else {
            turn.open = 0;
        }
        if (turn.owner) {
            String last = turn.handOver.lastOwner();
            if (last != null && reported.isSilent(last, turn.vip.address(), now)) {
                giveUp(turn, last);
            }
            hand(turn);
        }
        turn.handOver.tick(!holders(turn).isEmpty(), now);
    }

    private void tell(Turn turn, Set<Flow> open) {
        IpAddress own = ownAddress(turn.vip);
        if (own != null) {
            teller.accept(turn.reporter.next(own, open));
        }
    }

    private @Nullable IpAddress ownAddress(Vip vip) {
        try {
            NetworkInterface link = NetworkInterface.getByName(vip.interfaceName());
            return link == null ? null : OwnAddress.on(link, vip, addresses);
        } catch (SocketException e) {
            throw new VipException("cannot find the interface " + vip.interfaceName() + ": " + e.getMessage(), e);
        }
    }

    private void finishIfDone(Turn turn, boolean asked, long now) {
        if (asked) {
            turn.looksWithout = turn.open == 0 ? turn.looksWithout + 1 : 0;
        }
        boolean over = now - turn.doneAtNanos >= 0;
        Runnable done = turn.whenDone;
        if (done != null && (over || turn.looksWithout > 1)) {
            if (turn.open > 0) {
                log.warn(
                        "vip {}: {} connections have gone on here for {} since the VIP has moved, and are reset",
                        turn.vip.id(),
                        turn.open,
                        settings.patience());
                guarded("reset connections", () -> openFlows.reset(turn.vip.address()));
            }
            turn.whenDone = null;
            done.run();
        }
    }

    private void on(Vip vip, String what, Consumer<Turn> task) {
        execute(what + " of vip " + vip.id(), () -> {
            Turn turn = turns.get(vip.id());
            if (turn != null) {
                task.accept(turn);
            }
        });
    }

    private void execute(String what, Runnable task) {
        try {
            thread.execute(() -> guarded(what, task));
        } catch (RejectedExecutionException e) {
            log.debug("not done, the node stops: {}", what);
        }
    }

    private static void guarded(String what, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.warn("cannot {}: {}", what, e.getMessage(), e);
        }
    }

    /** Hands nothing on any more. Blocks for a second or so. */
    @Override
    public void close() {
        execute("end the hand-over of connections", () -> turns.values().forEach(turn -> turn.handOver.end()));
        thread.shutdown();
        try {
            if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
        openFlows.close();
    }
}
