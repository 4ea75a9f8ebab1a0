package io.hawser.vip;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one node does about one VIP: it claims it, holds it, and lets it go.
 *
 * <p>Who may hold the address, and when:
 *
 * <ul>
 *   <li>The register of a VIP has a version, its <em>epoch</em>. A claim is made on condition of the epoch that was
 *       read, and raises it; so does a release. A claim lives with its owner's session.
 *   <li>Only the owner of the claim holds the address, and only for as long as {@link LeaseTiming} allows after its last
 *       quorum write on condition of its epoch. An answer that comes late counts for nothing, whatever made it late:
 *       the network, or a process that was stopped in between.
 *   <li>Who lets go has the address removed first, and releases the claim then. A VIP that was released is free at once.
 *   <li>A claim that ended otherwise leaves the VIP to its next owner only after the hold-out.
 *   <li>A claim whose owner is dead is released by others on proof ({@link DeathProof}).
 *   <li>A claim that was not renewed for the hold-out is released by the node that should have the VIP next, though the
 *       session that it lives with may live on: on condition that it is still the one that was seen.
 *   <li>A VIP that is wanted elsewhere is let go only when that node says it stands by.
 * </ul>
 *
 * <p>Events go in, actions come out, in the order in which they are to be done; nothing is done here. Every decision
 * goes by what is known at that moment ({@link #pursue}), so that an event only has to tell what has changed. Not safe
 * for several threads.
 */
public final class VipMachine {

    private static final long PROBE_AGAIN_NANOS = 50_000_000L;
    private static final long PAUSE_AFTER_FAILURE_NANOS = 5_000_000_000L;
    private static final long DROP_AGAIN_NANOS = 1_000_000_000L;

    private enum Role {
        STANDBY,
        CLAIMING,
        OWNER,
        RELEASING
    }

    private final String node;
    private final LeaseTiming timing;
    private final Announcements schedule;
    private final Sightings sightings = new Sightings();

    private List<VipAction> actions = new ArrayList<>();
    private Role role = Role.STANDBY;
    private boolean connected;
    private long session;
    private @Nullable ClaimView view;
    private boolean outdated;
    private boolean reading;
    private @Nullable String wanted;
    private boolean stopping;
    /** What ZooKeeper was told last; null when it is unknown whether that arrived. */
    private @Nullable Boolean standingBy;

    private long claimSentAtNanos;
    private long claimedEpoch;
    private @Nullable Lease lease;
    /** Whether the kernel may have the address, for all that was told of it. */
    private boolean mayBeHeld;

    private long drops;
    private boolean orderly;
    /** Answers to drops before this one say nothing: the kernel was told to keep the address afterwards. */
    private long firstValidDrop;

    private long dropSentAtNanos;
    private boolean releaseSent;
    private boolean failed;
    private long failedAtNanos;
    private @Nullable String refusing;
    private @Nullable DeathProof proof;

    private @Nullable String heir;
    /** A claim that this node has released, or tried to, because its owner was silent; null when there is none. */
    private ClaimView.@Nullable Owner silent;

    /**
     * @param node the node's id
     * @throws IllegalArgumentException when two nodes could hold the address with such times
     */
    public VipMachine(String node, LeaseTiming timing, Announcements schedule) {
        if (!timing.problems().isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", timing.problems()));
        }
        this.node = node;
        this.timing = timing;
        this.schedule = schedule;
    }

    /** Whether this node has the claim. */
    public boolean isOwner() {
        return role == Role.OWNER;
    }

    /** Whether the kernel was told to keep the address, and hasn't been told otherwise. */
    public boolean holds() {
        return lease != null && lease.held();
    }

    /** Whether something is under way: a claim, a release, the pause after a failure, an owner to be relieved. */
    public boolean isMoving() {
        return failed
                || role == Role.CLAIMING
                || role == Role.RELEASING
                || (role == Role.OWNER && (!holds() || (wanted != null && !wanted.equals(node))));
    }

    /** What ZooKeeper last told of the VIP; null when that isn't known in this session. */
    public @Nullable ClaimView seen() {
        return view;
    }

    /** The owner that ZooKeeper last told of; null when it told of none. */
    public @Nullable String ownerSeen() {
        return view == null || view.owner() == null ? null : view.owner().node();
    }

    /**
     * Takes an event.
     *
     * @param nowNanos when it is taken, not when it happened, on a monotonic clock
     * @return what is to be done, in that order
     */
    public List<VipAction> on(VipEvent event, long nowNanos) {
        actions = new ArrayList<>();
        lapse(nowNanos);
        take(event, nowNanos);
        pursue(nowNanos);
        return actions;
    }

    /** After a pause of any length this comes first: whatever was held may be another's by now. */
    private void lapse(long nowNanos) {
        if (lease != null && lease.held() && nowNanos - lease.heldUntilNanos() >= 0) {
            lease.dropped();
            drop(nowNanos);
        }
    }

    private void take(VipEvent event, long nowNanos) {
        if (event instanceof VipEvent.Connected e) {
            connected(e);
        } else if (event instanceof VipEvent.Disconnected) {
            disconnected();
        } else if (event instanceof VipEvent.SessionLost) {
            disconnected();
            lose(nowNanos);
            view = null;
        } else if (event instanceof VipEvent.ClaimRead e) {
            read(e.view(), nowNanos);
        } else if (event instanceof VipEvent.Renewed) {
            renewed(nowNanos);
        } else if (event instanceof VipEvent.Changed) {
            outdated = true;
        } else if (event instanceof VipEvent.ClaimAnswered e) {
            claimAnswered(e.done(), nowNanos);
        } else if (event instanceof VipEvent.RenewAnswered e) {
            renewAnswered(e, nowNanos);
        } else if (event instanceof VipEvent.ReleaseAnswered && role == Role.RELEASING) {
            returnToStandby();
        } else if (event instanceof VipEvent.Held e && lease != null && lease.epoch() == e.epoch()) {
            lease.confirmed(nowNanos);
        } else if (event instanceof VipEvent.HoldFailed) {
            failed = true;
            failedAtNanos = nowNanos;
        } else if (event instanceof VipEvent.TooLate e) {
            tooLate(e.epoch(), nowNanos);
        } else if (event instanceof VipEvent.Dropped e) {
            mayBeHeld &= e.order() < firstValidDrop;
        } else if (event instanceof VipEvent.Wanted e) {
            wanted = e.node();
        } else if (event instanceof VipEvent.Heir e) {
            heir = e.node();
        } else if (event instanceof VipEvent.Refused e) {
            refusing = e.node();
            outdated = true;
        } else if (event instanceof VipEvent.Probed e) {
            probed(e.gone(), nowNanos);
        } else if (event instanceof VipEvent.Stop) {
            stopping = true;
        }
    }

    private void connected(VipEvent.Connected event) {
        session = event.session();
        connected = true;
        outdated = true;
    }

    private void disconnected() {
        connected = false;
        reading = false;
        standingBy = null;
        releaseSent = false;
        proof = null;
        refusing = null;
        silent = null;
        sightings.interrupted();
        if (role == Role.CLAIMING) {
            role = Role.STANDBY;
        }
        if (lease != null) {
            lease.answered();
        }
    }

    private void read(ClaimView read, long nowNanos) {
        view = read;
        reading = false;
        sightings.read(read, nowNanos);
        if (refusing != null) {
            proof = DeathProof.begin(refusing, read, nowNanos);
            refusing = null;
        } else if (proof != null) {
            if (proof.isAbout(read.owner())) {
                proof.failed(nowNanos + PROBE_AGAIN_NANOS);
            } else {
                proof = null;
            }
        }
        ClaimView.Owner owner = read.owner();
        if (owner != null && !owner.equals(silent)) {
            silent = null;
        }
        if (owner != null && owner.session() == session) {
            if (role == Role.STANDBY) {
                // The answer to a claim was lost. The wait was over before that was sent.
                become(owner.epoch(), nowNanos);
            }
        } else if (role == Role.OWNER || role == Role.RELEASING) {
            lose(nowNanos);
        }
    }

    private void renewed(long nowNanos) {
        sightings.renewed(nowNanos);
        proof = null;
    }

    private void claimAnswered(boolean done, long nowNanos) {
        if (role != Role.CLAIMING) {
            return;
        }
        outdated = true;
        role = Role.STANDBY;
        if (done) {
            become(claimedEpoch, claimSentAtNanos);
            answeredInTime(nowNanos);
        }
    }

    private void become(long epoch, long sentAtNanos) {
        role = Role.OWNER;
        lease = new Lease(epoch, sentAtNanos);
        standBy(false);
    }

    private void standBy(boolean ready) {
        if (standingBy == null || standingBy != ready) {
            standingBy = ready;
            actions.add(new VipAction.Standby(ready));
        }
    }

    private void renewAnswered(VipEvent.RenewAnswered event, long nowNanos) {
        if (role != Role.OWNER || !lease().isCurrent(event.attempt())) {
            return;
        }
        if (event.done()) {
            answeredInTime(nowNanos);
        } else {
            lose(nowNanos);
            outdated = true;
        }
    }

    private void answeredInTime(long nowNanos) {
        Lease held = lease();
        held.answered();
        if (nowNanos - held.deadlineNanos(timing) < 0) {
            actions.add(held.hold(timing, nowNanos));
            mayBeHeld = true;
            firstValidDrop = drops + 1;
        }
    }

    private void tooLate(long epoch, long nowNanos) {
        if (lease != null && lease.epoch() == epoch && lease.held()) {
            lease.dropped();
            drop(nowNanos);
        }
    }

    private void probed(boolean gone, long nowNanos) {
        if (proof == null || !proof.asked()) {
            return;
        }
        if (gone && !outdated && !reading) {
            actions.add(proof.release());
        } else {
            proof.failed(nowNanos + PROBE_AGAIN_NANOS);
        }
    }

    /** The claim is another's, or nobody's. */
    private void lose(long nowNanos) {
        if (mayBeHeld) {
            drop(nowNanos);
        }
        returnToStandby();
    }

    private void returnToStandby() {
        role = Role.STANDBY;
        lease = null;
        releaseSent = false;
        outdated = true;
    }

    private void drop(long nowNanos) {
        drops++;
        actions.add(new VipAction.Drop(drops, orderly && role == Role.RELEASING));
        dropSentAtNanos = nowNanos;
    }

    private Lease lease() {
        if (lease == null) {
            throw new IllegalStateException("a node in the role " + role + " has no lease");
        }
        return lease;
    }

    /** Does what is due, by what is known. */
    private void pursue(long nowNanos) {
        if (role == Role.OWNER && (stopping || failed || isToHandOver())) {
            role = Role.RELEASING;
            orderly = lease().held() && !failed;
            lease().dropped();
            drop(nowNanos);
        }
        if (mayBeHeld && !holds() && nowNanos - dropSentAtNanos >= DROP_AGAIN_NANOS) {
            drop(nowNanos);
        }
        if (failed && role == Role.STANDBY && nowNanos - failedAtNanos >= PAUSE_AFTER_FAILURE_NANOS) {
            failed = false;
        }
        if (role == Role.OWNER && lease().announces(schedule) && nowNanos - lease().announceAtNanos(schedule) >= 0) {
            actions.add(lease().announce());
        }
        if (!connected) {
            return;
        }
        if (outdated && !reading) {
            outdated = false;
            reading = true;
            actions.add(new VipAction.ReadClaim());
        }
        if (role == Role.OWNER && nowNanos - lease().renewAtNanos(timing) >= 0) {
            actions.add(lease().renew(nowNanos));
        } else if (role == Role.RELEASING && !mayBeHeld && !releaseSent) {
            releaseSent = true;
            actions.add(new VipAction.Release(lease().epoch()));
        } else if (role == Role.STANDBY && view != null && !outdated && !reading) {
            waitForTheVip(view, nowNanos);
        }
    }

    private boolean isToHandOver() {
        return wanted != null
                && !wanted.equals(node)
                && view != null
                && view.standby().contains(wanted);
    }

    private void waitForTheVip(ClaimView seen, long nowNanos) {
        boolean willing = isWilling();
        standBy(willing && node.equals(wanted));
        ClaimView.Owner owner = seen.owner();
        if (owner != null) {
            if (proof != null && !proof.asked() && nowNanos - proofAtNanos(seen, proof) >= 0) {
                actions.add(proof.ask());
            }
            if (mayReleaseTheSilent(owner) && sightings.silentNanos(nowNanos) >= seen.holdOutNanos()) {
                releaseTheSilent(owner);
            }
        } else if (willing && (seen.free() || sightings.silentNanos(nowNanos) >= seen.holdOutNanos())) {
            role = Role.CLAIMING;
            claimSentAtNanos = nowNanos;
            claimedEpoch = seen.epoch() + 1;
            actions.add(new VipAction.Claim(seen.epoch(), timing.holdOutNanos(), timing.quietNanos()));
        }
    }

    /** Whoever has released a silent owner's claim takes its place, until somebody else has. */
    private boolean isWilling() {
        return (node.equals(wanted) || silent != null) && !stopping && !failed;
    }

    private boolean mayReleaseTheSilent(ClaimView.Owner owner) {
        return node.equals(heir) && !stopping && !failed && !owner.equals(silent);
    }

    /** By then its kernel has removed the address, and only another renewal, which would show, could bring it back. */
    private void releaseTheSilent(ClaimView.Owner owner) {
        if (sightings.isLast(owner)) {
            silent = owner;
            actions.add(new VipAction.ReleaseDead(owner.epoch(), owner.version(), false));
        } else {
            reading = true;
            actions.add(new VipAction.ReadClaim());
        }
    }

    /** Not before all is quiet: an owner that lives might just be acting on the answer to its last renewal. */
    private long proofAtNanos(ClaimView seen, DeathProof begun) {
        long quietAt = sightings.seenAtNanos() + seen.quietNanos();
        return quietAt - begun.askAtNanos() >= 0 ? quietAt : begun.askAtNanos();
    }

    /**
     * When a {@link VipEvent.Tick} is wanted at the latest.
     *
     * @return nanoseconds from now, 0 or more; {@link Long#MAX_VALUE}: not at all
     */
    public long delayNanos(long nowNanos) {
        long delay = Long.MAX_VALUE;
        if (lease != null && lease.held()) {
            delay = Math.min(delay, lease.heldUntilNanos() - nowNanos);
            if (role == Role.OWNER && lease.announces(schedule)) {
                delay = Math.min(delay, lease.announceAtNanos(schedule) - nowNanos);
            }
        }
        if (mayBeHeld && !holds()) {
            delay = Math.min(delay, dropSentAtNanos + DROP_AGAIN_NANOS - nowNanos);
        }
        if (failed && role == Role.STANDBY) {
            delay = Math.min(delay, failedAtNanos + PAUSE_AFTER_FAILURE_NANOS - nowNanos);
        }
        if (connected) {
            delay = Math.min(delay, delayWhileConnected(nowNanos));
        }
        return Math.max(0, delay);
    }

    private long delayWhileConnected(long nowNanos) {
        if (role == Role.OWNER) {
            return lease().renewAtNanos(timing) - nowNanos;
        }
        if (role != Role.STANDBY || view == null || outdated || reading) {
            return Long.MAX_VALUE;
        }
        long silenceIsOver = view.holdOutNanos() - sightings.silentNanos(nowNanos);
        ClaimView.Owner owner = view.owner();
        if (owner == null) {
            return isWilling() ? silenceIsOver : Long.MAX_VALUE;
        }
        long delay = proof == null || proof.asked() ? Long.MAX_VALUE : proofAtNanos(view, proof) - nowNanos;
        return mayReleaseTheSilent(owner) ? Math.min(delay, silenceIsOver) : delay;
    }
}
