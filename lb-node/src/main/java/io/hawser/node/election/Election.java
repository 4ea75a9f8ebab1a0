package io.hawser.node.election;

import io.hawser.net.IpAddress;
import io.hawser.node.coordination.VipRegisters;
import io.hawser.node.coordination.VipRegistersListener;
import io.hawser.node.vip.EstablishedConnections;
import io.hawser.node.vip.VipDriver;
import io.hawser.vip.Candidacy;
import io.hawser.vip.LeaseTiming;
import io.hawser.vip.NodeView;
import io.hawser.vip.Placement;
import io.hawser.vip.PlacementRule;
import io.hawser.vip.Roster;
import io.hawser.vip.VipAction;
import io.hawser.vip.VipEvent;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's part in deciding who owns which VIP.
 *
 * <p>Everything happens on one thread, and is judged by the clock when it is taken up there. Where a VIP should be every
 * node works out by itself; that nobody else has it is up to the claim in ZooKeeper ({@link io.hawser.vip.VipMachine}).
 */
public final class Election implements VipRegistersListener {

    private static final Logger log = LoggerFactory.getLogger(Election.class);

    /** Preemption waits for seconds. */
    private static final long PLACE_AGAIN_NANOS = 1_000_000_000L;

    private static final long CLOSE_PATIENCE_MILLIS = 3000;

    private final String node;
    private final List<ContestedVip> contested;
    private final VipRegisters registers;
    private final ElectionEvents events;
    private final LongSupplier nanoTime;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("election", true));
    private final ExecutorService slow = Executors.newSingleThreadExecutor(new DefaultThreadFactory("vip-probe", true));

    private final Map<String, Seat> seats = new LinkedHashMap<>();
    private final Roster roster = new Roster();
    private Map<String, String> moved = Map.of();
    private Set<String> drained = Set.of();
    private @Nullable String unsoundTiming;
    private @Nullable Candidacy told;
    private boolean leaving;
    private boolean isConnected;
    private final List<Waiter> waiters = new ArrayList<>();
    private volatile Picture picture = new Picture(List.of(), List.of(), Set.of(), Set.of(), false, null);
    private volatile @Nullable LivenessWatch watch;

    /** Something that is waited for. */
    private record Waiter(BooleanSupplier condition, CompletableFuture<Void> met) {}

    /**
     * How all stands, as of the last event.
     *
     * @param vips in the order of the configuration
     * @param nodes what each node tells of itself
     * @param dead ids of the nodes among them whose hosts refuse connections
     * @param drained ids of the nodes that operators want empty
     * @param connected whether ZooKeeper is there
     * @param problem what keeps this node from owning any VIP; null when nothing does
     */
    public record Picture(
            List<VipStanding> vips,
            List<Candidacy> nodes,
            Set<String> dead,
            Set<String> drained,
            boolean connected,
            @Nullable String problem) {

        public Picture {
            vips = List.copyOf(vips);
            nodes = List.copyOf(nodes);
            dead = Set.copyOf(dead);
            drained = Set.copyOf(drained);
        }
    }

    /**
     * Makes it; nothing happens before {@link #start}.
     *
     * @param node this node's id
     * @param nanoTime a monotonic clock, the one by which drivers keep to their deadlines
     */
    public Election(
            String node,
            List<ContestedVip> contested,
            VipRegisters registers,
            ElectionEvents events,
            LongSupplier nanoTime) {
        this.node = node;
        this.contested = List.copyOf(contested);
        this.registers = registers;
        this.events = events;
        this.nanoTime = nanoTime;
    }

    /** Begins; VIPs come once this node has {@linkplain #tell told} that it is a candidate. */
    public void start(LivenessWatch liveness) {
        watch = liveness;
        registers.start(contested.stream().map(one -> one.vip().id()).toList(), this);
        var unused = thread.scheduleWithFixedDelay(
                () -> guarded(this::place), PLACE_AGAIN_NANOS, PLACE_AGAIN_NANOS, TimeUnit.NANOSECONDS);
    }

    /** How all stands. Any thread. */
    public Picture picture() {
        return picture;
    }

    /** What this node tells of itself from now on. Any thread. */
    public void tell(Candidacy self) {
        onThread(() -> {
            told = self;
            tellNow(self);
        });
    }

    /** A VIP that could not be held is left to others for a while. */
    private void tellNow(Candidacy self) {
        Set<String> serves = new HashSet<>(self.serves());
        seats.forEach((id, seat) -> {
            if (seat.isUnable(nanoTime.getAsLong())) {
                serves.remove(id);
            }
        });
        registers.tell(new Candidacy(node, self.ready(), self.draining() || leaving, serves, self.liveness()));
    }

    /**
     * Has an operator's wish kept in ZooKeeper; {@link VipRegisters} says how.
     *
     * @param to a node's id; null: wherever it would be anyway
     */
    public CompletionStage<@Nullable String> move(String vip, @Nullable String to) {
        return registers.move(vip, to);
    }

    /** Likewise. */
    public CompletionStage<@Nullable String> drain(String drainedNode, boolean drain) {
        return registers.drain(drainedNode, drain);
    }

    /**
     * Waits until something is so.
     *
     * @param condition looked at whenever something has changed, on the election's thread
     * @return completes then, on that thread
     */
    public CompletableFuture<Void> when(Predicate<Picture> condition) {
        CompletableFuture<Void> met = new CompletableFuture<>();
        onThread(() -> {
            waiters.add(new Waiter(() -> condition.test(picture), met));
            changed();
        });
        return met;
    }

    /**
     * Has the other nodes take this one's VIPs over, as far as they can.
     *
     * @param self what is told of this node from now on; that it goes is added
     * @return completes when it has none that another could have
     */
    public CompletableFuture<Void> leave(Candidacy self) {
        CompletableFuture<Void> left = new CompletableFuture<>();
        onThread(() -> {
            leaving = true;
            told = self;
            tellNow(self);
            place();
            waiters.add(new Waiter(() -> seats.values().stream().noneMatch(this::couldGoElsewhere), left));
            changed();
        });
        return left;
    }

    private boolean couldGoElsewhere(Seat seat) {
        return seat.isEngaged() && seat.isWantedElsewhere(node);
    }

    /** Lets go of everything. Blocks for a few seconds at most. */
    public void close() {
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        onThread(() -> {
            seats.values().forEach(seat -> seat.tell(new VipEvent.Stop()));
            waiters.add(new Waiter(() -> seats.values().stream().noneMatch(Seat::isEngaged), stopped));
            changed();
        });
        try {
            stopped.get(CLOSE_PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            log.warn("claims of VIPs could not be released in ZooKeeper; they end with this node's session");
        }
        onThread(() -> seats.values().forEach(Seat::close));
        thread.shutdown();
        slow.shutdownNow();
        try {
            if (!thread.awaitTermination(CLOSE_PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
        // What connections need ends before the address does.
        connections().forEach(EstablishedConnections::close);
        contested.stream().map(ContestedVip::driver).distinct().forEach(VipDriver::close);
    }

    private void onThread(Runnable task) {
        try {
            thread.execute(() -> guarded(task));
        } catch (RejectedExecutionException e) {
            // It has ended, and with it whatever this would have changed.
            log.debug("the election has ended", e);
        }
    }

    /** One event that goes wrong must not end the timers, on which the leases hang. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.error("a VIP's event failed; its lease goes on by the next one, or ends", e);
        }
    }

    @Override
    public void session(VipEvent event, int sessionTimeoutMillis) {
        onThread(() -> {
            boolean connected = event instanceof VipEvent.Connected;
            if (connected && seats.isEmpty()) {
                takeSeats(sessionTimeoutMillis);
            }
            isConnected = connected;
            seats.values().forEach(seat -> seat.tell(event));
            changed();
        });
    }

    /** With the times that the session was granted, which need not be those asked for. */
    private void takeSeats(int sessionTimeoutMillis) {
        LeaseTiming timing = LeaseTiming.of(TimeUnit.MILLISECONDS.toNanos(sessionTimeoutMillis));
        if (!timing.problems().isEmpty()) {
            String why = "ZooKeeper grants a session timeout of " + sessionTimeoutMillis + " ms, which is too short: "
                    + String.join("; ", timing.problems());
            if (!why.equals(unsoundTiming)) {
                log.error("this node owns no VIP: {}", why);
            }
            unsoundTiming = why;
            return;
        }
        unsoundTiming = null;
        log.info(
                "VIPs are leased for {} s and renewed every {} ms; a silent owner is waited for {} ms",
                timing.lifetimeSeconds(),
                timing.renewNanos() / 1_000_000,
                timing.holdOutNanos() / 1_000_000);
        Seat.Surroundings around = new Around();
        for (ContestedVip one : contested) {
            seats.put(one.vip().id(), new Seat(node, one, timing, around, nanoTime));
        }
    }

    @Override
    public void vip(String vip, VipEvent event) {
        onThread(() -> {
            Seat seat = seats.get(vip);
            if (seat != null) {
                seat.tell(event);
            }
        });
    }

    @Override
    public void nodes(List<Roster.Entry> all) {
        onThread(() -> {
            roster.become(all, nanoTime.getAsLong());
            LivenessWatch liveness = watch;
            if (liveness != null) {
                liveness.become(node, roster.candidacies());
            }
            tellWhoIsThere();
            place();
            changed();
        });
    }

    @Override
    public void operated(Map<String, String> vipsMoved, Set<String> nodesDrained) {
        onThread(() -> {
            moved = Map.copyOf(vipsMoved);
            drained = Set.copyOf(nodesDrained);
            place();
            changed();
        });
    }

    /** A node's host refuses connections to its process. Any thread. */
    public void refused(String other) {
        onThread(() -> {
            if (roster.ids().contains(other) && !roster.dead().contains(other)) {
                log.warn("node {} is gone: its host refuses connections", other);
            }
            roster.refused(other);
            tellWhoIsThere();
            seats.values().forEach(seat -> seat.tell(new VipEvent.Refused(other)));
            place();
            changed();
        });
    }

    /** A node's process takes connections. Any thread. */
    public void reached(String other) {
        onThread(() -> {
            roster.reached(other);
            tellWhoIsThere();
            place();
            changed();
        });
    }

    /** What lived on a node that is gone is gone, too; while ZooKeeper can't be asked nobody counts as gone. */
    private void tellWhoIsThere() {
        Set<String> alive = new HashSet<>(roster.ids());
        alive.removeAll(roster.dead());
        connections().forEach(connections -> connections.peers(alive));
    }

    /** Several VIPs may share one. */
    private Stream<EstablishedConnections> connections() {
        return contested.stream()
                .map(ContestedVip::connections)
                .filter(Objects::nonNull)
                .distinct();
    }

    private void place() {
        List<PlacementRule> rules = new ArrayList<>();
        Map<String, String> owners = new HashMap<>();
        for (ContestedVip one : contested) {
            String id = one.vip().id();
            rules.add(new PlacementRule(id, one.prefer(), one.preempt(), one.preemptDelayNanos(), moved.get(id)));
            Seat seat = seats.get(id);
            String owner = seat == null ? null : seat.ownerSeen();
            if (owner != null) {
                owners.put(id, owner);
            }
        }
        List<NodeView> views = new ArrayList<>();
        for (NodeView view : roster.views(nanoTime.getAsLong())) {
            boolean goes = drained.contains(view.id()) || (leaving && view.id().equals(node));
            views.add(goes ? new NodeView(view.id(), view.readyNanos(), true, view.serves()) : view);
        }
        Map<String, String> placed = Placement.place(rules, views, owners);
        seats.forEach((id, seat) -> {
            String owner = owners.get(id);
            seat.inherit(owner == null ? null : heir(rules, views, owners, id, owner));
            seat.want(placed.get(id));
        });
    }

    /** Where a VIP would be without the node that owns it. */
    private static @Nullable String heir(
            List<PlacementRule> rules, List<NodeView> views, Map<String, String> owners, String vip, String owner) {
        List<NodeView> others =
                views.stream().filter(view -> !view.id().equals(owner)).toList();
        return Placement.place(rules, others, owners).get(vip);
    }

    private void changed() {
        List<VipStanding> standings = new ArrayList<>();
        for (ContestedVip one : contested) {
            String id = one.vip().id();
            Seat seat = seats.get(id);
            String movedTo = moved.get(id);
            standings.add(
                    seat == null ? new VipStanding(id, null, -1, false, null, movedTo, null) : seat.standing(movedTo));
        }
        picture = new Picture(standings, roster.candidacies(), roster.dead(), drained, isConnected, unsoundTiming);
        waiters.removeIf(waiter -> {
            boolean met = waiter.met().isDone() || waiter.condition().getAsBoolean();
            if (met) {
                waiter.met().complete(null);
            }
            return met;
        });
    }

    /** What the seats see of the rest. */
    private final class Around implements Seat.Surroundings {

        @Override
        public void perform(String vip, VipAction action) {
            registers.perform(vip, action);
        }

        @Override
        public ScheduledFuture<?> after(long nanos, Runnable task) {
            return thread.schedule(() -> guarded(task), nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public Executor slow() {
            return slow;
        }

        @Override
        public Executor thread() {
            return Election.this::onThread;
        }

        @Override
        public @Nullable IpAddress hostOf(String other) {
            return roster.candidacies().stream()
                    .filter(one -> one.node().equals(other))
                    .map(LivenessWatch::hostOf)
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public void changed(Seat seat, boolean ownerSeen) {
            if (ownerSeen) {
                place();
            }
            Election.this.changed();
        }

        @Override
        public void failed() {
            Candidacy self = told;
            if (self != null) {
                tellNow(self);
            }
        }

        @Override
        public void transition(String vip, boolean owner, String reason) {
            events.transition(vip, owner, reason);
        }
    }
}
