package io.hawser.vip;

/** What a node's machine for a VIP wants done. */
public sealed interface VipAction {

    /** Read what ZooKeeper has of the VIP: {@link VipEvent.ClaimRead}. */
    record ReadClaim() implements VipAction {}

    /**
     * Make the claim, and in the same transaction write into the register that there is one:
     * {@link VipEvent.ClaimAnswered}.
     *
     * @param epoch the version that the register must have; it has the next one then
     * @param holdOutNanos to be written into the register, as {@link ClaimView} has it
     * @param quietNanos likewise
     */
    record Claim(long epoch, long holdOutNanos, long quietNanos) implements VipAction {}

    /**
     * Write the claim anew, on condition of the register's version: {@link VipEvent.RenewAnswered}.
     *
     * @param epoch that version
     * @param attempt to be named in the answer
     */
    record Renew(long epoch, long attempt) implements VipAction {}

    /**
     * Delete the claim, and in the same transaction write into the register that the VIP is free:
     * {@link VipEvent.ReleaseAnswered}.
     *
     * @param epoch the version that the register must have
     */
    record Release(long epoch) implements VipAction {}

    /**
     * Likewise for the claim of a node that is dead, or was silent for its hold-out; the answer is a {@link VipEvent.Changed}, done or not.
     *
     * @param epoch the version that the register must have
     * @param version the version that the claim must have: any renewal since then refuses it
     * @param proven whether the owner is proven to be dead; else it was silent
     */
    record ReleaseDead(long epoch, int version, boolean proven) implements VipAction {}

    /**
     * Say, or unsay, that this node is ready to take over; for as long as its session lives.
     *
     * @param ready whether it is
     */
    record Standby(boolean ready) implements VipAction {}

    /**
     * Have the kernel keep the address, from now on, for as long as this: {@link VipEvent.Held},
     * {@link VipEvent.TooLate} or {@link VipEvent.HoldFailed}. It must not be done later than it says, not even if the process stops for a while
     * between looking at the clock and doing it.
     *
     * @param epoch of the claim
     * @param lifetimeSeconds after which the kernel removes it
     * @param notAfterNanos on the machine's clock
     */
    record Hold(long epoch, int lifetimeSeconds, long notAfterNanos) implements VipAction {}

    /**
     * Remove the address, now, and look whether it is gone: {@link VipEvent.Dropped}.
     *
     * @param order to be named in the answer
     * @param orderly whether this node lets go while the claim is still its own, so that the connections that are open
     *     over the address may be handed to it by the next owner
     */
    record Drop(long order, boolean orderly) implements VipAction {}

    /**
     * Tell the neighbours that the address is here.
     *
     * @param notAfterNanos on the machine's clock, as with {@link Hold}
     */
    record Announce(long notAfterNanos) implements VipAction {}

    /**
     * Ask a host, on the link, for its own address and for the VIP: {@link VipEvent.Probed}.
     *
     * @param node the id of the node that is its host's
     */
    record Probe(String node) implements VipAction {}
}
