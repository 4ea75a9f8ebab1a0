package io.hawser.vip;

import org.jspecify.annotations.Nullable;

/**
 * What a node's machine for a VIP is told.
 *
 * <p>What comes from ZooKeeper comes in the order of one session's stream: a change that was made before a write is
 * told before the answer to the write, and nothing is left out between {@link Connected} and {@link Disconnected}.
 */
public sealed interface VipEvent {

    /** Time has passed; whenever {@link VipMachine#delayNanos} says, and at any other time as well. */
    record Tick() implements VipEvent {}

    /**
     * The session is there, or there again. Writes and reads that were under way are not answered any more.
     *
     * @param session its id; another one than before when that has ended
     */
    record Connected(long session) implements VipEvent {}

    /** ZooKeeper is out of reach; the session may live on. */
    record Disconnected() implements VipEvent {}

    /** The session is over, and all claims with it. */
    record SessionLost() implements VipEvent {}

    /** What {@link VipAction.ReadClaim} found. */
    record ClaimRead(ClaimView view) implements VipEvent {}

    /** The owner, this node or another, has renewed. */
    record Renewed() implements VipEvent {}

    /** Something else about the VIP has changed. */
    record Changed() implements VipEvent {}

    /**
     * The answer to {@link VipAction.Claim}.
     *
     * @param done false: refused, because something had changed
     */
    record ClaimAnswered(boolean done) implements VipEvent {}

    /**
     * The answer to {@link VipAction.Renew}.
     *
     * @param attempt of the renewal
     * @param done false: refused, because the claim is not this node's any more
     */
    record RenewAnswered(long attempt, boolean done) implements VipEvent {}

    /** The answer to {@link VipAction.Release}: whether it was done or refused, the claim isn't this node's any more. */
    record ReleaseAnswered() implements VipEvent {}

    /**
     * The kernel has the address, as {@link VipAction.Hold} asked.
     *
     * @param epoch of the claim
     */
    record Held(long epoch) implements VipEvent {}

    /**
     * The kernel refused the address.
     *
     * @param reason for people
     */
    record HoldFailed(String reason) implements VipEvent {}

    /**
     * It was too late for {@link VipAction.Hold}, so nothing was done.
     *
     * @param epoch of the claim
     */
    record TooLate(long epoch) implements VipEvent {}

    /**
     * The kernel doesn't have the address any more, as {@link VipAction.Drop} asked; it was looked for.
     *
     * @param order of the drop
     */
    record Dropped(long order) implements VipEvent {}

    /**
     * Where the VIP should be.
     *
     * @param node the node's id; null when no node is a candidate
     */
    record Wanted(@Nullable String node) implements VipEvent {}

    /**
     * Where the VIP should be if the node that owns it now were gone.
     *
     * @param node the node's id; null when no other node is a candidate, or none owns it
     */
    record Heir(@Nullable String node) implements VipEvent {}

    /**
     * The host of a node answered, and said that no process listens where the node would: it is dead, most likely.
     *
     * @param node the node's id
     */
    record Refused(String node) implements VipEvent {}

    /**
     * The answer to {@link VipAction.Probe}.
     *
     * @param gone whether the owner's host answered for its own address, and not for the VIP
     */
    record Probed(boolean gone) implements VipEvent {}

    /** The node shuts down: lets go of the VIP and doesn't take it again. */
    record Stop() implements VipEvent {}
}
