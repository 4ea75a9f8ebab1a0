package io.hawser.node.vip;

import io.hawser.net.IpAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

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
     * Prepares {@link #retire}: the host still has the VIP, and answers no neighbour any more who asks for it. Takes some
     * tens of milliseconds, up to seconds on a host that is overloaded, and holds up nobody meanwhile. Ends as what
     * {@link #retire} does.
     *
     * @return whether that was possible; completes normally in any case, on any thread
     */
    default CompletionStage<Boolean> prepareRetire(Vip vip) {
        return CompletableFuture.completedFuture(true);
    }

    /**
     * Removes the VIP as {@link #drop} does, but lets the connections that are open over it go on: the host keeps the
     * address on its loopback, so that what the next owner hands to this host reaches their sockets. Ends by
     * {@link #finish}, by {@link #hold}, with this process, or by itself.
     *
     * <p>After {@link #prepareRetire}, and if that was possible.
     *
     * @param seconds after which it ends by itself, 1 or more
     * @throws VipException when the kernel refuses to remove it
     */
    void retire(Vip vip, int seconds);

    /**
     * Ends what {@link #prepareRetire} and {@link #retire} began, if they did; connections that are still open over the
     * VIP don't end by that.
     *
     * @throws VipException when the kernel refuses
     */
    void finish(Vip vip);

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
