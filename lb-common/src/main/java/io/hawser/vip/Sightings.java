package io.hawser.vip;

import org.jspecify.annotations.Nullable;

/**
 * When a claim last gave a sign of life, as far as this node could know: never before it really did.
 *
 * <p>What is seen for the first time may have happened at any time until now, so it counts as now. Only a claim that was
 * watched without a break is known not to have been renewed since.
 */
final class Sightings {

    private boolean unbroken;
    private long epoch = -1;
    private int version;
    private long seenAtNanos;

    void read(ClaimView view, long nowNanos) {
        ClaimView.Owner owner = view.owner();
        if (!unbroken || view.epoch() != epoch || isNews(owner)) {
            seenAtNanos = nowNanos;
        }
        if (owner != null) {
            version = owner.version();
        }
        epoch = view.epoch();
        unbroken = true;
    }

    private boolean isNews(ClaimView.@Nullable Owner owner) {
        return owner != null && owner.version() != version;
    }

    void renewed(long nowNanos) {
        version++;
        seenAtNanos = nowNanos;
    }

    /** What happens from now on isn't told. */
    void interrupted() {
        unbroken = false;
    }

    /** Whether the claim hasn't been renewed since this was read of it. */
    boolean isLast(ClaimView.Owner read) {
        return unbroken && read.epoch() == epoch && read.version() == version;
    }

    long seenAtNanos() {
        return seenAtNanos;
    }

    /** How long it has been silent. */
    long silentNanos(long nowNanos) {
        return nowNanos - seenAtNanos;
    }
}
