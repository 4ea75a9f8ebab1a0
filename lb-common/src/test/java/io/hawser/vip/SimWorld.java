package io.hawser.vip;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A cluster in one thread: nodes, ZooKeeper, what goes wrong with them, and what must hold whatever goes wrong.
 *
 * <p>For a while things go wrong by chance; then nothing does any more, and after a time that is known every VIP must
 * have its owner. A last, deliberate move shows how long the VIP is dark. The seed decides everything.
 */
final class SimWorld {

    static final double TICK = 500_000_000;

    private static final long SECOND = 1_000_000_000L;
    private static final long[] TIMEOUTS = {3 * SECOND, 4 * SECOND, 6 * SECOND};
    private static final int REMEMBERED = 60;

    private final SimScheduler scheduler = new SimScheduler();
    private final SplittableRandom random;
    private final Mutation mutation;
    private final LeaseTiming timing;
    private final SimEnsemble ensemble;
    private final List<SimNode> nodes = new ArrayList<>();
    private final List<List<String>> preferences = new ArrayList<>();
    private final boolean preempt;
    private final int vips;
    private final Set<String> cutFromEnsemble = new HashSet<>();
    private final Set<String> cutPairs = new HashSet<>();
    private final long[] highestClaim;
    private final long[] highestHeld;
    private final long[] droppedAt;
    private final long[] darkNanos;
    private final Deque<Note> history = new ArrayDeque<>();
    private boolean troubled = true;
    private boolean slow;

    SimWorld(Random seed, Mutation mutation) {
        this.random = new SplittableRandom(seed.nextLong());
        this.mutation = mutation;
        this.timing = LeaseTiming.of(TIMEOUTS[random.nextInt(TIMEOUTS.length)]);
        this.vips = 1 + random.nextInt(2);
        this.preempt = random.nextBoolean();
        this.highestClaim = new long[vips];
        this.highestHeld = new long[vips];
        this.droppedAt = new long[vips];
        this.darkNanos = new long[vips];
        this.ensemble = new SimEnsemble(this, vips);
        int count = 2 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            nodes.add(new SimNode(this, "lb" + i, vips));
        }
        for (int i = 0; i < vips; i++) {
            preferences.add(
                    random.nextBoolean()
                            ? List.of()
                            : List.of(anyNode().id(), anyNode().id()));
        }
    }

    // What the parts of the world ask of it.

    long now() {
        return scheduler.now();
    }

    void at(long atNanos, Runnable run) {
        scheduler.at(atNanos, run);
    }

    void after(long delayNanos, Runnable run) {
        scheduler.after(delayNanos, run);
    }

    SplittableRandom random() {
        return random;
    }

    Mutation mutation() {
        return mutation;
    }

    LeaseTiming timing() {
        return timing;
    }

    SimEnsemble ensemble() {
        return ensemble;
    }

    long sessionTimeout() {
        return timing.sessionTimeoutNanos();
    }

    List<String> preference(int vip) {
        return preferences.get(vip);
    }

    boolean preempt() {
        return preempt;
    }

    /** Whether things go wrong still. */
    boolean isTroubled() {
        return troubled;
    }

    /** Mostly a fraction of a millisecond; now and then much longer. */
    long messageDelay() {
        long usual = 50_000L + random.nextInt(1_000_000);
        if (!slow) {
            return usual;
        }
        return random.nextInt(4) == 0 ? usual * (1L + random.nextInt(500)) : usual * 20L;
    }

    boolean isCutFromEnsemble(SimNode node) {
        return cutFromEnsemble.contains(node.id());
    }

    /** Whether a host, asked by another, answers for its own address and not for the VIP. */
    boolean answersOnlyForItself(SimNode asking, String id, int vip) {
        return !cutPairs.contains(asking.id() + id)
                && nodes.stream().filter(node -> node.id().equals(id)).allMatch(node -> !node.kernelHolds(vip));
    }

    /** Whether a process takes connections of another's. */
    boolean isReachable(SimNode asking, String id) {
        return !cutPairs.contains(asking.id() + id)
                && nodes.stream().anyMatch(node -> node.id().equals(id) && node.isRunning());
    }

    void mayStopHere(SimNode node) {
        if (troubled && random.nextInt(100) == 0) {
            note("%s stops just before it acts", node.id());
            node.pause(anyTime(20_000_000, 8 * SECOND));
        }
    }

    /** The others' connections to its process are refused, where packets pass. */
    void died(SimNode dead) {
        note("%s dies", dead.id());
        for (SimNode other : nodes) {
            if (other != dead && !cutPairs.contains(other.id() + dead.id())) {
                after(2_000_000 + random.nextInt(50_000_000), () -> {
                    if (!dead.isRunning()) {
                        other.refused(dead.id());
                    }
                });
            }
        }
    }

    // What must hold.

    ClaimView claimed(int vip, ClaimView claim) {
        check(claim.epoch() > highestClaim[vip], "the epoch of vip%d falls to %d", vip, claim.epoch());
        highestClaim[vip] = claim.epoch();
        note("vip%d is claimed: %s", vip, claim);
        return claim;
    }

    void held(SimNode holder, int vip, long epoch, boolean isNew) {
        check(epoch >= highestHeld[vip], "%s holds vip%d by epoch %d, which is over", holder.id(), vip, epoch);
        highestHeld[vip] = epoch;
        if (isNew) {
            note("%s holds vip%d by epoch %d", holder.id(), vip, epoch);
        }
        for (SimNode other : nodes) {
            check(
                    other == holder || !other.kernelHolds(vip),
                    "%s and %s both hold vip%d",
                    other.id(),
                    holder.id(),
                    vip);
        }
        if (droppedAt[vip] > 0) {
            darkNanos[vip] = now() - droppedAt[vip];
            droppedAt[vip] = 0;
        }
    }

    void dropped(int vip) {
        note("vip%d is dropped", vip);
        droppedAt[vip] = now();
    }

    void check(boolean holds, String what, Object... arguments) {
        if (!holds) {
            throw new AssertionError(String.format(Locale.ROOT, what, arguments) + " at "
                    + now() / 1_000_000 + " ms, with a session of " + sessionTimeout() / 1_000_000 + " ms; before it:\n"
                    + history.stream().map(Note::toString).collect(Collectors.joining("\n")));
        }
    }

    private void note(String what, Object... arguments) {
        if (history.size() == REMEMBERED) {
            history.removeFirst();
        }
        history.add(new Note(now(), what, List.of(arguments)));
    }

    /** Put into words only when somebody reads it. */
    private record Note(long atNanos, String what, List<Object> arguments) {

        @Override
        public String toString() {
            return atNanos / 1_000_000 + " ms: " + String.format(Locale.ROOT, what, arguments.toArray());
        }
    }

    // A run.

    void run() {
        for (SimNode node : nodes) {
            after(random.nextInt(500_000_000), node::start);
        }
        long end = 2 * SECOND + random.nextLong(8 * SECOND);
        int faults = 1 + random.nextInt(12);
        for (int i = 0; i < faults; i++) {
            at(random.nextLong(end), this::fault);
        }
        scheduler.runUntil(end);
        heal();
        int settled = 0;
        while (now() < end + bound() && settled < 4) {
            scheduler.runUntil(now() + SECOND / 4);
            settled = isSettled() ? settled + 1 : 0;
        }
        for (int vip = 0; vip < vips; vip++) {
            check(holder(vip) != null, "vip%d has no owner, %d ms after all is well", vip, bound() / 1_000_000);
        }
        check(isSettled(), "not every node knows of the others, %d ms after all is well", bound() / 1_000_000);
        moveDeliberately();
    }

    private boolean isSettled() {
        for (int vip = 0; vip < vips; vip++) {
            if (holder(vip) == null) {
                return false;
            }
        }
        return nodes.stream().allMatch(node -> node.isSettled(nodes.size()));
    }

    /**
     * By then a VIP has an owner when nothing goes wrong any more: a session ends late, its successor connects, waits
     * for the hold-out of somebody it has just met, and may have to get over an interface that failed.
     */
    private long bound() {
        return sessionTimeout() + 2 * timing.holdOutNanos() + 7 * SECOND;
    }

    private void moveDeliberately() {
        SimNode owner = holder(0);
        Arrays.fill(droppedAt, 0);
        darkNanos[0] = -1;
        if (owner == null) {
            return;
        }
        note("%s is drained", owner.id());
        owner.drain(true);
        scheduler.runUntil(now() + SECOND);
        check(holder(0) != null && holder(0) != owner, "vip0 did not leave %s", owner.id());
        check(darkNanos[0] >= 0 && darkNanos[0] < 50_000_000, "the move took %d ns", darkNanos[0]);
    }

    private @Nullable SimNode holder(int vip) {
        for (SimNode node : nodes) {
            if (node.kernelHolds(vip)) {
                return node;
            }
        }
        return null;
    }

    private SimNode anyNode() {
        return nodes.get(random.nextInt(nodes.size()));
    }

    /** Often short, now and then long. */
    private long anyTime(long least, long most) {
        double share = random.nextDouble();
        return least + (long) ((most - least) * share * share * share);
    }

    private void fault() {
        if (!troubled) {
            return;
        }
        SimNode node = anyNode();
        SimNode other = anyNode();
        long length = anyTime(20_000_000, 8 * SECOND);
        int server = random.nextInt(SimEnsemble.SERVERS);
        switch (random.nextInt(15)) {
            case 0, 1 -> {
                note("%s stops for %d ms", node.id(), length / 1_000_000);
                node.pause(length);
            }
            case 2, 3 -> {
                node.crash();
                after(length, () -> start(node));
            }
            case 4 -> {
                note("%s is cut from ZooKeeper for %d ms", node.id(), length / 1_000_000);
                cutFromEnsemble.add(node.id());
                after(length, () -> cutFromEnsemble.remove(node.id()));
            }
            case 5 -> {
                note("%s and %s are cut", node.id(), other.id());
                cutPairs.add(node.id() + other.id());
                cutPairs.add(other.id() + node.id());
            }
            case 6 -> {
                note("server %d is cut off for %d ms", server, length / 1_000_000);
                ensemble.cutOff(server);
                after(length, () -> ensemble.rejoin(server));
            }
            case 7 -> {
                note("the quorum is lost for %d ms", length / 1_000_000);
                ensemble.loseQuorum();
                after(length, ensemble::elect);
            }
            case 8 -> {
                long session = 1L + random.nextInt(6);
                note("session %d is ended", session);
                ensemble.expire(session);
            }
            case 9 -> {
                note("%s loses its connection", node.id());
                if (node.isRunning()) {
                    node.disconnect();
                }
            }
            case 10 -> {
                note("%s is refused by %s, which lives", other.id(), node.id());
                if (!cutPairs.contains(other.id() + node.id())) {
                    other.refused(node.id());
                }
            }
            case 11 -> {
                boolean drain = random.nextBoolean();
                note("%s is to drain: %s", node.id(), drain);
                node.drain(drain);
            }
            case 12, 13 -> allAtOnce(node);
            default -> odd(node, length);
        }
    }

    /** A node goes on after a pause that cost it its lease, and just then it is wanted elsewhere or taken for dead. */
    private void allAtOnce(SimNode node) {
        long pause = timing.lifetimeNanos() + random.nextLong(2 * SECOND);
        note("%s stops for %d ms, and more", node.id(), pause / 1_000_000);
        node.pause(pause);
        node.slowKernel(random.nextBoolean());
        after(pause + SECOND, () -> node.slowKernel(false));
        boolean drained = random.nextBoolean();
        boolean refusing = random.nextInt(3) > 0;
        long then = pause + (random.nextBoolean() ? random.nextInt(150_000_000) : -random.nextInt(60_000_000));
        after(then, () -> {
            if (troubled && drained) {
                node.drain(true);
            }
            for (SimNode other : nodes) {
                if (troubled && refusing && other != node && !cutPairs.contains(other.id() + node.id())) {
                    other.refused(node.id());
                }
            }
        });
    }

    private void odd(SimNode node, long length) {
        switch (random.nextInt(3)) {
            case 0 -> {
                note("the network is slow for %d ms", length / 1_000_000);
                slow = true;
                after(length, () -> slow = false);
            }
            case 1 -> {
                note("the interface of %s fails", node.id());
                node.holdsFail(true);
                after(length, () -> node.holdsFail(false));
            }
            default -> {
                note("%s shuts down", node.id());
                node.stop();
                after(length, () -> {
                    if (troubled) {
                        node.crash();
                        start(node);
                    }
                });
            }
        }
    }

    void restartSoon(SimNode node) {
        after(300_000_000, () -> start(node));
    }

    private void start(SimNode node) {
        if (!node.isAlive()) {
            note("%s starts", node.id());
            node.start();
        }
    }

    private void heal() {
        note("all is well");
        troubled = false;
        slow = false;
        cutFromEnsemble.clear();
        cutPairs.clear();
        ensemble.elect();
        for (int i = 0; i < SimEnsemble.SERVERS; i++) {
            ensemble.rejoin(i);
        }
        for (SimNode node : nodes) {
            node.recover();
        }
    }
}
