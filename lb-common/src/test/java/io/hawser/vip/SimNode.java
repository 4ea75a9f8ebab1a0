package io.hawser.vip;

import io.hawser.vip.SimEnsemble.Connection;
import io.hawser.vip.SimEnsemble.Member;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A host with its clock and its kernel, and the process on it with a machine for each VIP. The process may be stopped
 * between any two things it does, or be killed; the kernel goes on.
 */
final class SimNode {

    private static final long NEVER = Long.MIN_VALUE;

    private final SimWorld world;
    private final String id;
    private final int vips;
    /** By how many millionths this host's clock is too fast. */
    private final int clockPpm;

    private final long clockStart;
    /** By VIP, when the kernel removes it. */
    private final long[] kernel;

    private int incarnation;
    private boolean running;
    private boolean paused;
    private final Queue<Runnable> backlog = new ArrayDeque<>();
    private VipMachine[] machines = new VipMachine[0];
    private final List<String> ownersSeen = new ArrayList<>();
    private long[] tickAt = new long[0];
    private @Nullable Connection connection;
    private long session;
    private List<Member> members = List.of();
    private final Set<Long> dead = new HashSet<>();
    private boolean draining;
    private boolean holdsFail;
    private boolean stopped;
    private boolean slowKernel;
    private long driverFreeAt;
    private final long[] renewSentAt;

    SimNode(SimWorld world, String id, int vips) {
        this.world = world;
        this.id = id;
        this.vips = vips;
        int most = (int) LeaseTiming.CLOCK_ERROR_PPM;
        this.clockPpm = world.random().nextInt(2 * most + 1) - most;
        this.clockStart = world.random().nextLong();
        this.kernel = new long[vips];
        this.renewSentAt = new long[vips];
        Arrays.fill(kernel, NEVER);
    }

    String id() {
        return id;
    }

    private long clock() {
        return clockStart + world.now() + world.now() / 1_000_000 * clockPpm;
    }

    /** True nanoseconds that pass while this host's clock counts so many. */
    private long real(long nanos) {
        return nanos - nanos / 1_000_000 * clockPpm;
    }

    boolean kernelHolds(int vip) {
        return kernel[vip] > world.now();
    }

    /** Whether it knows that so many nodes are there and well, and its machines are where they are wanted. */
    boolean isSettled(int nodes) {
        return connection != null
                && !connection.isBroken()
                && members.size() == nodes
                && members.stream().allMatch(member -> member.candidate() && !dead.contains(member.session()))
                && Arrays.stream(machines).noneMatch(VipMachine::isMoving);
    }

    boolean isAlive() {
        return running;
    }

    boolean isRunning() {
        return running && !paused;
    }

    // The process: starting, stopping, dying.

    void start() {
        running = true;
        paused = false;
        incarnation++;
        backlog.clear();
        // What an earlier life left is cleaned up before anything else.
        Arrays.fill(kernel, NEVER);
        machines = new VipMachine[vips];
        tickAt = new long[vips];
        ownersSeen.clear();
        for (int vip = 0; vip < vips; vip++) {
            machines[vip] = new VipMachine(id, world.timing(), Announcements.USUAL);
            tickAt[vip] = Long.MAX_VALUE;
            ownersSeen.add("");
        }
        connection = null;
        session = 0;
        members = List.of();
        dead.clear();
        draining = false;
        holdsFail = false;
        stopped = false;
        slowKernel = false;
        driverFreeAt = 0;
        connectSoon();
        pingSoon();
    }

    void crash() {
        if (!running) {
            return;
        }
        running = false;
        paused = false;
        backlog.clear();
        if (connection != null) {
            connection.close();
            connection = null;
        }
        int life = incarnation;
        if (world.random().nextInt(10) > 0) {
            // The guard; but it may be killed as well.
            world.after(1_000_000 + world.random().nextInt(4_000_000), () -> {
                if (life == incarnation) {
                    Arrays.fill(kernel, NEVER);
                }
            });
        }
        world.died(this);
    }

    void pause(long nanos) {
        if (isRunning()) {
            paused = true;
            int life = incarnation;
            world.after(nanos, () -> {
                if (life == incarnation && paused) {
                    resume();
                }
            });
        }
    }

    void resume() {
        paused = false;
        int waiting = backlog.size();
        for (int i = 0; i < waiting; i++) {
            if (!isRunning()) {
                return;
            }
            backlog.remove().run();
        }
    }

    /** Lets the process do something; when it is stopped, as soon as it goes on. */
    private void run(Runnable step) {
        if (!running) {
            return;
        }
        if (paused) {
            int life = incarnation;
            backlog.add(() -> {
                if (life == incarnation) {
                    step.run();
                }
            });
        } else {
            step.run();
        }
    }

    void later(long nanos, Runnable step) {
        int life = incarnation;
        world.after(nanos, () -> {
            if (life == incarnation) {
                run(step);
            }
        });
    }

    // ZooKeeper's client.

    private void connectSoon() {
        later(20_000_000 + world.random().nextInt(200_000_000), () -> {
            if (connection != null) {
                return;
            }
            Connection made = world.ensemble().connect(this, session);
            if (made == null) {
                connectSoon();
                return;
            }
            connection = made;
            if (made.session() != session) {
                if (session != 0) {
                    tellAll(new VipEvent.SessionLost());
                }
                session = made.session();
            }
            made.register(!draining);
            made.readMembers();
            tellAll(new VipEvent.Connected(session));
        });
    }

    private void pingSoon() {
        later(world.sessionTimeout() / 3, () -> {
            if (connection != null) {
                if (world.now() - connection.heardAt() > world.sessionTimeout() * 2 / 3) {
                    disconnect();
                } else {
                    connection.ping();
                }
            }
            pingSoon();
        });
    }

    void disconnect() {
        if (connection != null) {
            connection.close();
            connection = null;
            if (world.mutation() != Mutation.FORGETS_GAPS) {
                tellAll(new VipEvent.Disconnected());
            }
            connectSoon();
        }
    }

    void hungUp(Connection closed) {
        if (world.isCutFromEnsemble(this)) {
            return;
        }
        run(() -> {
            if (connection == closed) {
                disconnect();
            }
        });
    }

    void received(Connection from, Runnable event) {
        run(() -> {
            if (connection == from) {
                event.run();
            }
        });
    }

    void sessionIsOver() {
        if (connection != null) {
            connection.close();
            connection = null;
            tellAll(new VipEvent.SessionLost());
            session = 0;
            connectSoon();
        }
    }

    void learnMembers(List<Member> seen) {
        members = seen;
        placeAll();
    }

    // Placement: everybody works it out by himself.

    void drain(boolean drained) {
        run(() -> {
            draining = drained;
            if (connection != null) {
                connection.register(!draining);
            }
        });
    }

    /** This node's connection to another's process was refused. */
    void refused(String node) {
        run(() -> {
            members.stream().filter(member -> member.node().equals(node)).forEach(member -> dead.add(member.session()));
            tellAll(new VipEvent.Refused(node));
            placeAll();
            tryAgain(node);
        });
    }

    /** A refusal counts until the other process takes connections again. */
    private void tryAgain(String node) {
        later(300_000_000, () -> {
            if (world.isReachable(this, node)) {
                members.stream()
                        .filter(member -> member.node().equals(node))
                        .forEach(member -> dead.remove(member.session()));
                placeAll();
            } else {
                tryAgain(node);
            }
        });
    }

    private void placeAll() {
        Set<String> serves = new HashSet<>();
        List<PlacementRule> rules = new ArrayList<>();
        Map<String, String> owners = new HashMap<>();
        for (int vip = 0; vip < vips; vip++) {
            serves.add("vip" + vip);
            rules.add(new PlacementRule("vip" + vip, world.preference(vip), world.preempt(), 0, null));
            String owner = machines[vip].ownerSeen();
            if (owner != null) {
                owners.put("vip" + vip, owner);
            }
        }
        List<NodeView> nodes = new ArrayList<>();
        for (Member member : members) {
            if (!dead.contains(member.session())) {
                nodes.add(new NodeView(member.node(), 1, !member.candidate(), serves));
            }
        }
        Map<String, String> placed = Placement.place(rules, nodes, owners);
        for (int vip = 0; vip < vips; vip++) {
            String id = "vip" + vip;
            String owner = owners.get(id);
            tell(vip, new VipEvent.Heir(owner == null ? null : heir(rules, nodes, owners, id, owner)));
            tell(vip, new VipEvent.Wanted(placed.get(id)));
        }
    }

    private static @Nullable String heir(
            List<PlacementRule> rules, List<NodeView> nodes, Map<String, String> owners, String vip, String owner) {
        List<NodeView> others =
                nodes.stream().filter(node -> !node.id().equals(owner)).toList();
        return Placement.place(rules, others, owners).get(vip);
    }

    // The machines, and what they want done.

    private void tellAll(VipEvent event) {
        for (int vip = 0; vip < vips; vip++) {
            tell(vip, event);
        }
    }

    void tell(int vip, VipEvent told) {
        if (!running) {
            return;
        }
        VipEvent event = world.mutation().heard(told);
        if (event == null) {
            return;
        }
        long at = clock();
        if (world.mutation() == Mutation.HEEDS_LATE_ANSWERS && event instanceof VipEvent.RenewAnswered) {
            at = renewSentAt[vip] + 1;
        }
        List<VipAction> actions = machines[vip].on(event, at);
        for (VipAction action : actions) {
            perform(vip, action);
        }
        tickSoon(vip);
        String owner = String.valueOf(machines[vip].ownerSeen());
        if (!owner.equals(ownersSeen.set(vip, owner))) {
            placeAll();
        }
    }

    private void tickSoon(int vip) {
        long delay = machines[vip].delayNanos(clock());
        if (delay == Long.MAX_VALUE) {
            tickAt[vip] = Long.MAX_VALUE;
            return;
        }
        // A timer of the JVM's is never early and at times late.
        long at =
                world.now() + Math.max(0, delay + delay / 1000 + world.random().nextInt(1_000_000));
        if (tickAt[vip] > world.now() && tickAt[vip] <= at) {
            return;
        }
        tickAt[vip] = at;
        int life = incarnation;
        world.at(at, () -> {
            if (life == incarnation && tickAt[vip] == at) {
                run(() -> {
                    tickAt[vip] = Long.MAX_VALUE;
                    tell(vip, new VipEvent.Tick());
                });
            }
        });
    }

    private void perform(int vip, VipAction action) {
        if (action instanceof VipAction.Hold hold) {
            hold(vip, hold);
        } else if (action instanceof VipAction.Drop drop) {
            drop(vip, drop.order());
        } else if (action instanceof VipAction.Probe probe) {
            later(10_000_000 + world.random().nextInt(30_000_000), () -> {
                boolean gone = world.answersOnlyForItself(this, probe.node(), vip);
                later(1_000_000, () -> tell(vip, new VipEvent.Probed(gone)));
            });
        } else if (connection != null) {
            if (action instanceof VipAction.Renew) {
                renewSentAt[vip] = clock();
            }
            new SimTransactions(world, this, connection, vip).ask(action);
        }
    }

    // The driver: one thing after the other; the process may stop between any two.

    private void drive(Runnable step) {
        driverFreeAt = Math.max(driverFreeAt, world.now())
                + 20_000
                + world.random().nextInt(slowKernel ? 100_000_000 : 1_000_000);
        int life = incarnation;
        world.at(driverFreeAt, () -> {
            if (life == incarnation) {
                run(step);
            }
        });
    }

    private void hold(int vip, VipAction.Hold hold) {
        boolean[] inTime = new boolean[1];
        boolean heedless = world.mutation() == Mutation.HEEDS_LATE_ANSWERS;
        drive(() -> {
            inTime[0] = clock() - hold.notAfterNanos() < 0 || heedless;
            world.mayStopHere(this);
        });
        drive(() -> {
            if (!inTime[0]) {
                later(1, () -> tell(vip, new VipEvent.TooLate(hold.epoch())));
            } else if (clock() - hold.notAfterNanos() >= 0 && !heedless && world.mutation() != Mutation.ACTS_LATE) {
                // The timer that was set before looking at the clock kills it before it can act.
                crash();
                world.restartSoon(this);
            } else if (holdsFail) {
                later(1, () -> tell(vip, new VipEvent.HoldFailed("no such device")));
            } else {
                keep(vip, hold);
                later(1, () -> tell(vip, new VipEvent.Held(hold.epoch())));
            }
        });
    }

    private void keep(int vip, VipAction.Hold hold) {
        long lifetime = hold.lifetimeSeconds() * 1_000_000_000L;
        if (world.mutation() == Mutation.OUTLIVES_ITS_LEASE) {
            lifetime *= 3;
        }
        boolean isNew = !kernelHolds(vip);
        long late = (long) (world.random().nextDouble() * LeaseTiming.KERNEL_LATENESS_NANOS);
        kernel[vip] = world.now() + real(lifetime + late);
        world.held(this, vip, hold.epoch(), isNew);
    }

    private void drop(int vip, long order) {
        boolean early = world.mutation() == Mutation.RELEASES_BEFORE_DROPPING;
        if (early) {
            later(1, () -> tell(vip, new VipEvent.Dropped(order)));
        }
        drive(() -> world.mayStopHere(this));
        drive(() -> {
            kernel[vip] = NEVER;
            world.dropped(vip);
            if (!early) {
                later(1, () -> tell(vip, new VipEvent.Dropped(order)));
            }
        });
    }

    /** Whether others keep its kernel's lock for long. */
    void slowKernel(boolean slow) {
        slowKernel = slow;
    }

    void holdsFail(boolean fail) {
        holdsFail = fail;
    }

    void stop() {
        stopped = true;
        run(() -> tellAll(new VipEvent.Stop()));
    }

    /** Whatever ails it is over; what was shutting down starts anew. */
    void recover() {
        holdsFail = false;
        slowKernel = false;
        if (stopped) {
            crash();
        }
        if (!running) {
            start();
        } else {
            if (paused) {
                resume();
            }
            drain(false);
        }
    }
}
