package io.hawser.node.vip;

import io.hawser.net.IpAddress;

/**
 * What has the kernel hold VIPs. One thread uses it; its methods return in a millisecond or so, except
 * {@link #answersOnlyForItself}.
 */
public interface VipDriver extends AutoCloseable {

    /**
     * Holds the VIP from now on for so long, whether it is held already or not. The lifetime ends by itself, whatever
     * becomes of this process.
     *
     * @param lifetimeSeconds 1 or more
     * @param notAfterNanos on {@link System#nanoTime()}; it is never done later than that
     * @return false: it was too late, and nothing was done
     * @throws VipException when the kernel refuses
     */
    boolean hold(Vip vip, int lifetimeSeconds, long notAfterNanos);

    /**
     * Removes the VIP; when this returns, this host doesn't have it.
     *
     * @throws VipException when the kernel refuses
     */
    void drop(Vip vip);

    /**
     * Tells the neighbours that the VIP is here.
     *
     * @param notAfterNanos as with {@link #hold}
     * @throws VipException when the kernel refuses
     */
    void announce(Vip vip, long notAfterNanos);

    /**
     * Asks on the link who has an address, for some tens of milliseconds.
     *
     * @param host the own address of the host that had the VIP
     * @return whether that host answered for its own address each time, and nobody for the VIP
     */
    boolean answersOnlyForItself(Vip vip, IpAddress host);

    /** Lets go of everything. */
    @Override
    void close();
}
