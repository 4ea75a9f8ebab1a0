package io.hawser.node.election;

import io.hawser.net.IpAddress;
import io.hawser.node.vip.EstablishedConnections;
import io.hawser.node.vip.VipException;
import io.hawser.vip.Announcements;
import io.hawser.vip.ClaimView;
import io.hawser.vip.LeaseTiming;
import io.hawser.vip.VipAction;
import io.hawser.vip.VipEvent;
import io.hawser.vip.VipMachine;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One VIP: tells its machine what happens, and does what that wants done. On the election's thread, but for the asking on
 * the link, which takes long.
 */
final class Seat {

    private static final Logger log = LoggerFactory.getLogger(Seat.class);

    private static final long UNABLE_NANOS = 30_000_000_000L;

    private final String node;
    private final ContestedVip contested;
    private final VipMachine machine;
    private final Surroundings surroundings;
    private final LongSupplier nanoTime;
    private @Nullable ScheduledFuture<?> tick;
    private long tickAtNanos;
    private @Nullable String wanted;
    private @Nullable String heir;
    private boolean wasOwner;
    private boolean wasFree;
    private boolean proven;
    private boolean silent;
    /** The node that had it before this one; null when that was this one, or none is known of. */
    private @Nullable String lastOwner;

    private boolean lastReleased;
    /** Whether the driver was told to hold it, and not told otherwise. */
    private boolean here;

    /** Whether connections may be open over it that can't go on while another node has it. */
    private boolean stranded;

    /** The order to let go for which the driver makes its preparations; 0: none. */
    private long retiring;

    private long standbys;
    private @Nullable String problem;
    private long failedAtNanos;

    /** What a seat needs of the election around it. */
    interface Surroundings {

        /** Asks ZooKeeper. */
        void perform(String vip, VipAction action);

        /** Has a task run on the election's thread after so long. */
        ScheduledFuture<?> after(long nanos, Runnable task);

        /** Where what takes long is done, one after the other. */
        Executor slow();

        /** The election's thread. */
        Executor thread();

        /** The own address of a node's host; null when it isn't known. */
        @Nullable IpAddress hostOf(String node);

        /** Something has changed that others may want to know. */
        void changed(Seat seat, boolean ownerSeen);

        void transition(String vip, boolean owner, String reason);

        /** Holding it has failed. */
        void failed();
    }

    Seat(String node, ContestedVip contested, LeaseTiming timing, Surroundings surroundings, LongSupplier nanoTime) {
        this.node = node;
        this.contested = contested;
        this.machine = new VipMachine(node, timing, Announcements.USUAL);
        this.surroundings = surroundings;
        this.nanoTime = nanoTime;
    }

    String id() {
        return contested.vip().id();
    }

    @Nullable String ownerSeen() {
        return machine.ownerSeen();
    }

    boolean isOwner() {
        return machine.isOwner();
    }

    /** Whether it may be that this host has the address, or this node the claim. */
    boolean isEngaged() {
        return machine.isOwner() || machine.isMoving() || machine.holds();
    }

    /** Whether holding it has failed a short while ago: it is another's turn. */
    boolean isUnable(long nowNanos) {
        return problem != null && nowNanos - failedAtNanos < UNABLE_NANOS;
    }

    /** Whether another node is to have it. */
    boolean isWantedElsewhere(String self) {
        return wanted != null && !wanted.equals(self);
    }

    void want(@Nullable String node) {
        if (!Objects.equals(node, wanted)) {
            wanted = node;
            tell(new VipEvent.Wanted(node));
        }
    }

    /** The node that is to have it should its owner fall silent. */
    void inherit(@Nullable String node) {
        if (!Objects.equals(node, heir)) {
            heir = node;
            tell(new VipEvent.Heir(node));
        }
    }

    VipStanding standing(@Nullable String movedTo) {
        ClaimView seen = machine.seen();
        return new VipStanding(
                id(), machine.ownerSeen(), seen == null ? -1 : seen.epoch(), machine.holds(), wanted, movedTo, problem);
    }

    void tell(VipEvent event) {
        String before = machine.ownerSeen();
        if (event instanceof VipEvent.ClaimRead read) {
            wasFree = read.view().free();
            ClaimView.Owner owner = read.view().owner();
            noteOwner(owner);
        }
        for (VipAction action : machine.on(event, nanoTime.getAsLong())) {
            perform(action);
        }
        noteTransition(event);
        schedule();
        surroundings.changed(this, !Objects.equals(before, machine.ownerSeen()));
    }

    private void noteOwner(ClaimView.@Nullable Owner owner) {
        if (owner == null) {
            lastReleased = wasFree && !proven && !silent;
            return;
        }
        // Whatever was proven was of an earlier claim.
        proven = false;
        silent = false;
        if (!owner.node().equals(node)) {
            lastOwner = owner.node();
            overtaken();
        } else if (here) {
            lastOwner = null;
        }
    }

    private void noteTransition(VipEvent event) {
        if (machine.isOwner() == wasOwner) {
            return;
        }
        wasOwner = machine.isOwner();
        String reason;
        if (wasOwner) {
            reason = proven ? "proof" : wasFree && !silent ? "free" : "silence";
            proven = false;
            silent = false;
            log.info(
                    "vip {}: this node owns {} from now on: {}",
                    id(),
                    contested.vip().address(),
                    switch (reason) {
                        case "proof" -> "its last owner is proven to be dead";
                        case "free" -> "nobody had it";
                        default -> "its last owner has been silent for long enough";
                    });
        } else {
            boolean failed = event instanceof VipEvent.HoldFailed;
            boolean stopped = event instanceof VipEvent.Stop;
            boolean moved = !failed && !stopped && isWantedElsewhere("") && !(event instanceof VipEvent.SessionLost);
            reason = failed ? "failed" : stopped ? "stopped" : moved ? "moved" : "lost";
            log.info(
                    "vip {}: this node lets go of {}: {}",
                    id(),
                    contested.vip().address(),
                    switch (reason) {
                        case "failed" -> "it can't hold it";
                        case "stopped" -> "it shuts down";
                        case "moved" -> "node " + wanted + " is to have it";
                        default -> "its claim in ZooKeeper is gone";
                    });
        }
        surroundings.transition(id(), wasOwner, reason);
    }

    private void perform(VipAction action) {
        if (action instanceof VipAction.Hold hold) {
            hold(hold);
        } else if (action instanceof VipAction.Drop drop) {
            drop(drop);
        } else if (action instanceof VipAction.Announce announce) {
            attempt("announce it", () -> contested.driver().announce(contested.vip(), announce.notAfterNanos()));
        } else if (action instanceof VipAction.Probe probe) {
            probe(probe.node());
        } else if (action instanceof VipAction.Standby says) {
            standBy(says);
        } else {
            if (action instanceof VipAction.ReleaseDead dead) {
                proven |= dead.proven();
                silent |= !dead.proven();
            }
            surroundings.perform(id(), action);
        }
    }

    /** Its result is an event of its own, taken once the one at hand is done with. */
    private void hold(VipAction.Hold hold) {
        VipEvent result;
        try {
            boolean done = contested.driver().hold(contested.vip(), hold.lifetimeSeconds(), hold.notAfterNanos());
            if (done && !here) {
                here = true;
                retiring = 0;
                stranded = false;
                acquired();
            }
            result = done ? new VipEvent.Held(hold.epoch()) : new VipEvent.TooLate(hold.epoch());
            problem = null;
        } catch (VipException e) {
            String why = String.valueOf(e.getMessage());
            log.error("this node can't hold a VIP: {}; it leaves it to other nodes for 30 s", why);
            problem = why;
            failedAtNanos = nanoTime.getAsLong();
            surroundings.failed();
            result = new VipEvent.HoldFailed(why);
        }
        VipEvent told = result;
        surroundings.thread().execute(() -> tell(told));
    }

    /** Connections over a VIP that was lost may go on if it returns, but not once another node has it. */
    private void overtaken() {
        EstablishedConnections connections = contested.connections();
        if (stranded && connections != null) {
            stranded = false;
            connections.overtaken(contested.vip());
        }
    }

    private void acquired() {
        EstablishedConnections connections = contested.connections();
        String from = lastOwner;
        if (connections != null) {
            connections.acquired(contested.vip(), from, lastReleased, from == null ? null : surroundings.hostOf(from));
        }
    }

    /** An order that comes while the preparations for an earlier one go on isn't put off by them. */
    private void drop(VipAction.Drop drop) {
        here = false;
        EstablishedConnections connections = contested.connections();
        boolean handsOver = drop.orderly() && connections != null && connections.handsOver();
        if (handsOver && retiring == 0) {
            retiring = drop.order();
            attempt("prepare to hand over its connections", () -> {
                var unused = contested
                        .driver()
                        .prepareRetire(contested.vip())
                        .thenAcceptAsync(possible -> retire(drop.order(), possible), surroundings.thread());
            });
            return;
        }
        letGo(drop.order(), false);
    }

    private void retire(long order, boolean possible) {
        if (retiring == order) {
            letGo(order, possible);
        }
    }

    private void letGo(long order, boolean retires) {
        boolean wasPrepared = retiring != 0;
        retiring = 0;
        EstablishedConnections connections = contested.connections();
        attempt("remove it", () -> {
            if (retires && connections != null) {
                contested.driver().retire(contested.vip(), contested.retireSeconds());
                connections.retired(contested.vip(), () -> surroundings.thread().execute(this::finish));
            } else {
                contested.driver().drop(contested.vip());
                if (wasPrepared) {
                    contested.driver().finish(contested.vip());
                }
                if (connections != null) {
                    connections.lost(contested.vip());
                    stranded = true;
                }
            }
            surroundings.thread().execute(() -> tell(new VipEvent.Dropped(order)));
        });
    }

    /** Connections that went on here while another node has the VIP have ended. */
    private void finish() {
        if (!here) {
            attempt("remove it from the loopback", () -> contested.driver().finish(contested.vip()));
        }
    }

    /** Others let go when this is said: what their connections need is there first. */
    private void standBy(VipAction.Standby says) {
        standbys++;
        long turn = standbys;
        EstablishedConnections connections = contested.connections();
        String owner = machine.ownerSeen();
        if (!says.ready() || connections == null || owner == null) {
            surroundings.perform(id(), says);
            return;
        }
        var unused = connections
                .expect(contested.vip(), owner, surroundings.hostOf(owner))
                .thenRunAsync(
                        () -> {
                            if (turn == standbys) {
                                surroundings.perform(id(), says);
                            }
                        },
                        surroundings.thread());
    }

    private void probe(String suspect) {
        IpAddress host = surroundings.hostOf(suspect);
        surroundings.slow().execute(() -> {
            boolean[] gone = new boolean[1];
            attempt("ask on the link who has it", () -> {
                gone[0] = host != null && contested.driver().answersOnlyForItself(contested.vip(), host);
            });
            surroundings.thread().execute(() -> tell(new VipEvent.Probed(gone[0])));
        });
    }

    private void attempt(String what, Runnable step) {
        try {
            step.run();
        } catch (VipException e) {
            log.error("vip {}: cannot {}: {}", id(), what, e.getMessage());
        }
    }

    private void schedule() {
        long now = nanoTime.getAsLong();
        long delay = machine.delayNanos(now);
        ScheduledFuture<?> before = tick;
        if (before != null) {
            if (delay != Long.MAX_VALUE && tickAtNanos - (now + delay) <= 0) {
                return;
            }
            before.cancel(false);
        }
        if (delay == Long.MAX_VALUE) {
            tick = null;
            return;
        }
        tickAtNanos = now + delay;
        tick = surroundings.after(delay, () -> {
            // While it runs it isn't done, and would seem to be yet to come.
            tick = null;
            tell(new VipEvent.Tick());
        });
    }

    /** Nothing happens any more. */
    void close() {
        ScheduledFuture<?> waiting = tick;
        if (waiting != null) {
            waiting.cancel(false);
        }
    }
}
