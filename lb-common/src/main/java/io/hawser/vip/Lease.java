package io.hawser.vip;

/** An owner's hold on the address: the claim's epoch, the renewal that is under way, and what the kernel was told. */
final class Lease {

    private final long epoch;
    private long attempt;
    private boolean underWay;
    private long sentAtNanos;
    private boolean held;
    private long heldUntilNanos;
    private long heldSinceNanos;
    private int announced;
    private boolean announcing;

    /**
     * @param sentAtNanos when the claim was sent, which counts as the first renewal
     */
    Lease(long epoch, long sentAtNanos) {
        this.epoch = epoch;
        this.sentAtNanos = sentAtNanos;
    }

    long epoch() {
        return epoch;
    }

    /** Whether the kernel was told to keep the address, and that hasn't run out by this node's clock. */
    boolean held() {
        return held;
    }

    long heldUntilNanos() {
        return heldUntilNanos;
    }

    /** When a renewal is to be sent: after an interval, or, when one wasn't answered in time, at once. */
    long renewAtNanos(LeaseTiming timing) {
        return sentAtNanos + (underWay ? timing.writeDeadlineNanos() : held ? timing.renewNanos() : 0);
    }

    VipAction renew(long nowNanos) {
        attempt++;
        underWay = true;
        sentAtNanos = nowNanos;
        return new VipAction.Renew(epoch, attempt);
    }

    /** Whether this is the answer that is waited for. */
    boolean isCurrent(long answered) {
        return underWay && answered == attempt;
    }

    /** The claim or renewal last sent has been answered. */
    void answered() {
        underWay = false;
    }

    long deadlineNanos(LeaseTiming timing) {
        return sentAtNanos + timing.writeDeadlineNanos();
    }

    VipAction hold(LeaseTiming timing, long nowNanos) {
        if (!held) {
            announced = 0;
            announcing = false;
        }
        held = true;
        heldUntilNanos = nowNanos + timing.lifetimeNanos();
        return new VipAction.Hold(epoch, timing.lifetimeSeconds(), deadlineNanos(timing));
    }

    void confirmed(long nowNanos) {
        if (held && !announcing) {
            announcing = true;
            heldSinceNanos = nowNanos;
        }
    }

    /** When neighbours are to be told; only while {@link #announces}. */
    long announceAtNanos(Announcements schedule) {
        return heldSinceNanos + schedule.delayNanos(announced);
    }

    boolean announces(Announcements schedule) {
        return held && announcing && schedule.delayNanos(announced) >= 0;
    }

    VipAction announce() {
        announced++;
        return new VipAction.Announce(heldUntilNanos);
    }

    void dropped() {
        held = false;
        announcing = false;
    }
}
