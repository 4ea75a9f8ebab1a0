package io.hawser.vip;

import java.util.ArrayList;
import java.util.List;

/**
 * The times of a lease, and the arithmetic by which two nodes never hold one address.
 *
 * <p>An owner sends a quorum write at <i>s</i>. Only if the answer is there by <i>s + writeDeadline</i> does it act: the
 * kernel is told to keep the address for <i>lifetime</i> more, at that deadline at the latest. So the address is gone by
 *
 * <pre>s + writeDeadline + lifetime + {@link #KERNEL_LATENESS_NANOS}</pre>
 *
 * whatever happened to the owner since. Another node sees the write at <i>o</i>, after <i>s</i>: no message arrives
 * before it is sent. Once the claim is gone, it waits until <i>o + holdOut</i>, where the hold-out is that sum,
 * stretched by what two clocks may differ in rate. It need not believe anything about when sessions end, which is as
 * well: a follower tells the leader of its clients' signs of life only with the leader's next ping, so that a session
 * may end up to an interval of renewal and half a tick before its timeout has passed since the last write.
 *
 * <p>In practice nobody waits: the hold-out is not longer than the session's timeout ({@link #problems()}), so that it
 * is over when a silent owner's session is.
 *
 * @param sessionTimeoutNanos what the ZooKeeper session was granted
 * @param lifetimeSeconds {@code valid_lft} of the address; the kernel takes whole seconds
 * @param renewNanos time between two renewals
 * @param writeDeadlineNanos time within which a renewal must have been answered to count
 */
public record LeaseTiming(long sessionTimeoutNanos, int lifetimeSeconds, long renewNanos, long writeDeadlineNanos) {

    /**
     * How long after its lifetime an address may stay. Linux looks for expired addresses at most once a second
     * (ADDRCONF_TIMER_FUZZ_MAX), and rounds the next look up by as much as a quarter of one (ADDRCONF_TIMER_FUZZ);
     * alone on its host an address was seen to go 0.1 to 0.35 s late.
     */
    public static final long KERNEL_LATENESS_NANOS = 1_250_000_000L;

    /** What a clock may go wrong: NTP slews by 500 parts in a million at most, crystals are off by 100. */
    static final long CLOCK_ERROR_PPM = 1000;

    /** Below this a collector's pause or a slow disk would take the address away. */
    private static final long LEAST_SLACK_NANOS = 250_000_000L;

    private static final long SECOND = 1_000_000_000L;

    /** The times for a session's timeout: as long a lifetime as fits, twelve renewals in a timeout. */
    public static LeaseTiming of(long sessionTimeoutNanos) {
        long twelfth = Math.min(sessionTimeoutNanos / 12, SECOND);
        long left = unstretched(sessionTimeoutNanos) - KERNEL_LATENESS_NANOS - twelfth;
        return new LeaseTiming(sessionTimeoutNanos, (int) Math.max(1, left / SECOND), twelfth, twelfth);
    }

    public long lifetimeNanos() {
        return lifetimeSeconds * SECOND;
    }

    /** How long after the last sign of an owner's life another node must wait, by its own clock. */
    public long holdOutNanos() {
        return stretched(writeDeadlineNanos + lifetimeNanos() + KERNEL_LATENESS_NANOS);
    }

    /** How long after a renewal was seen no answer to it can make its owner act any more, by another node's clock. */
    public long quietNanos() {
        return stretched(writeDeadlineNanos);
    }

    /** What passes on any clock while so much passes on another. */
    private static long stretched(long nanos) {
        return nanos + nanos / 1_000_000 * 2 * CLOCK_ERROR_PPM + 1;
    }

    private static long unstretched(long nanos) {
        return nanos - nanos / 1_000_000 * 2 * CLOCK_ERROR_PPM;
    }

    /**
     * What is wrong with these times, for people; empty when they are sound. A node must not own a VIP by others.
     */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (lifetimeSeconds < 1 || renewNanos <= 0 || writeDeadlineNanos <= 0) {
            problems.add("a lifetime of " + lifetimeSeconds + " s, a renewal every " + millis(renewNanos)
                    + " and a write deadline of " + millis(writeDeadlineNanos)
                    + " must all be above zero; the kernel takes whole seconds");
            return problems;
        }
        if (holdOutNanos() > sessionTimeoutNanos) {
            problems.add("the address may stay for " + millis(holdOutNanos())
                    + " after the last renewal (write deadline "
                    + millis(writeDeadlineNanos) + ", lifetime " + lifetimeSeconds + " s, up to "
                    + millis(KERNEL_LATENESS_NANOS)
                    + " until the kernel removes it), longer than the session timeout of "
                    + millis(sessionTimeoutNanos) + ": shorten the lifetime or lengthen zookeeper.session-timeout");
        }
        if (renewNanos + writeDeadlineNanos + LEAST_SLACK_NANOS > lifetimeNanos()) {
            problems.add("a lifetime of " + lifetimeSeconds + " s is over before a renewal every " + millis(renewNanos)
                    + " that may take " + millis(writeDeadlineNanos) + " has " + millis(LEAST_SLACK_NANOS)
                    + " to spare for a pause: lengthen the lifetime, or shorten the interval or the write deadline");
        }
        return problems;
    }

    private static String millis(long nanos) {
        return nanos / 1_000_000 + " ms";
    }
}
