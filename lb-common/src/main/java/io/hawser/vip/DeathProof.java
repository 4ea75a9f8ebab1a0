package io.hawser.vip;

import org.jspecify.annotations.Nullable;

/**
 * The proof that an owner holds nothing any more, so that its claim may be released before its session is over.
 *
 * <p>It begins when the owner's host refuses a connection, which a dead process's host does, but a firewall might do as
 * well. So it goes on: the claim is read; one waits until no answer to its last renewal can make the owner act any more
 * ({@link LeaseTiming#quietNanos()}); and then the host is asked for the address. If it answers for its own address and
 * not for the VIP, then its kernel doesn't have the VIP, and can only get it by another renewal, which would raise the
 * claim's version, on whose condition the claim is released. Silence alone proves nothing.
 */
final class DeathProof {

    private final ClaimView.Owner suspect;
    private boolean asked;
    private long askAgainAtNanos;

    private DeathProof(ClaimView.Owner suspect, long nowNanos) {
        this.suspect = suspect;
        this.askAgainAtNanos = nowNanos;
    }

    /** The beginning of a proof against whoever has the claim; null when that isn't the node that refused. */
    static @Nullable DeathProof begin(String refusing, @Nullable ClaimView view, long nowNanos) {
        ClaimView.Owner owner = view == null ? null : view.owner();
        return owner == null || !owner.node().equals(refusing) ? null : new DeathProof(owner, nowNanos);
    }

    /** Whether it is about this claim, and the claim hasn't been renewed since. */
    boolean isAbout(ClaimView.@Nullable Owner owner) {
        return suspect.equals(owner);
    }

    /** When to ask; only while not {@link #asked()}. */
    long askAtNanos() {
        return askAgainAtNanos;
    }

    boolean asked() {
        return asked;
    }

    VipAction ask() {
        asked = true;
        return new VipAction.Probe(suspect.node());
    }

    /** It was not gone: asked again after a while. */
    void failed(long againAtNanos) {
        asked = false;
        askAgainAtNanos = againAtNanos;
    }

    VipAction release() {
        return new VipAction.ReleaseDead(suspect.epoch(), suspect.version(), true);
    }
}
