package io.hawser.vip;

import org.jspecify.annotations.Nullable;

/** A mistake made on purpose, which the simulation must find; each with a seed by which it was found quickly. */
enum Mutation {
    NONE("nothing", 0),
    RENEWS_WITHOUT_WRITE("keeps the address without asking ZooKeeper", 32),
    HEEDS_LATE_ANSWERS("acts on answers that came too late", 324),
    OUTLIVES_ITS_LEASE("tells the kernel a longer lifetime than the register says", 51),
    CLAIMS_AT_ONCE("takes a claim that ended without release without waiting for the hold-out", 32),
    MISSES_RENEWALS("counts the hold-out from when the claim was first seen", 46),
    FORGETS_GAPS("isn't told that it was disconnected", 19),
    RELEASES_BEFORE_DROPPING("releases the claim before the address is gone", 33),
    ACTS_LATE(
            "tells the kernel after the deadline, when it was stopped between looking at the clock and doing it", 324),
    BELIEVES_REFUSALS("takes a refused connection for proof of death", 217),
    PROBES_TOO_EARLY("asks for the address while the owner may still be acting on its last renewal", 6096),
    RELEASES_ANY_VERSION("releases a dead node's claim though it was renewed since", 18169),
    RENEWS_ANY_CLAIM("renews whatever claim there is, not only its own", 69),
    FORGETS_THE_KERNEL("reckons without the time by which the kernel is late", 32);

    private final String what;
    private final long seed;

    Mutation(String what, long seed) {
        this.what = what;
        this.seed = seed;
    }

    long seed() {
        return seed;
    }

    /** What a node that makes the mistake hears of an event; null when it hears nothing. */
    @Nullable VipEvent heard(VipEvent event) {
        return switch (this) {
            case CLAIMS_AT_ONCE ->
                event instanceof VipEvent.ClaimRead read
                        ? with(read.view(), 0, read.view().quietNanos())
                        : event;
            case FORGETS_THE_KERNEL ->
                event instanceof VipEvent.ClaimRead read
                        ? with(
                                read.view(),
                                read.view().holdOutNanos() - LeaseTiming.KERNEL_LATENESS_NANOS,
                                read.view().quietNanos())
                        : event;
            case PROBES_TOO_EARLY ->
                event instanceof VipEvent.ClaimRead read
                        ? with(read.view(), read.view().holdOutNanos(), 0)
                        : event;
            case MISSES_RENEWALS -> event instanceof VipEvent.Renewed ? null : event;
            case BELIEVES_REFUSALS -> event instanceof VipEvent.Probed ? new VipEvent.Probed(true) : event;
            default -> event;
        };
    }

    private static VipEvent with(ClaimView view, long holdOutNanos, long quietNanos) {
        return new VipEvent.ClaimRead(
                new ClaimView(view.epoch(), view.free(), holdOutNanos, quietNanos, view.owner(), view.standby()));
    }

    @Override
    public String toString() {
        return what;
    }
}
