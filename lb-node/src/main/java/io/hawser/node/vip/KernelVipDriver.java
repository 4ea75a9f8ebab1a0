package io.hawser.node.vip;

import com.sun.jna.LastErrorException;
import io.hawser.net.IpAddress;
import io.hawser.vip.ArpPacket;
import io.hawser.vip.HandOverRules;
import io.hawser.vip.LeaseTiming;
import io.hawser.vip.NeighborAdvertisement;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * VIPs as addresses of an interface, with a lifetime. Needs Linux, CAP_NET_ADMIN and CAP_NET_RAW, {@code ip} for the
 * guard, and {@code nft} for connections that are to be handed over.
 */
public final class KernelVipDriver implements VipDriver {

    private static final Logger LOG = LoggerFactory.getLogger(KernelVipDriver.class);

    private static final int PROBES = 3;
    private static final Duration PROBE_PATIENCE = Duration.ofMillis(15);
    private static final Duration FILTER_PATIENCE = Duration.ofSeconds(2);
    /** Within which the guard of a process that was killed has removed its addresses, with time to spare. */
    private static final long REMOVAL_NANOS = 500_000_000;

    private static final int EPERM = 1;
    private static final int EEXIST = 17;

    private final Libc libc;
    private final Rtnetlink netlink;
    private final Deadline deadline;
    private final List<Vip> vips;
    /** Ids of those for which this host was told to answer no neighbour. */
    private final Set<String> retired = new HashSet<>();

    /** By id, why this host could not be told to answer for it again. */
    private final Map<String, String> silent = new ConcurrentHashMap<>();
    /** Where the packet filter is changed, one change after the other: each takes a process, and that its time. */
    private final ExecutorService filter =
            Executors.newSingleThreadExecutor(new DefaultThreadFactory("vip-filter", true));

    private final Set<IpAddress> addresses;
    private Guard guard;

    /**
     * Removes what an earlier process left, and sets a guard.
     *
     * @throws VipException when the kernel, or a program that is missing, doesn't allow it
     */
    public KernelVipDriver(Collection<Vip> vips) {
        this.vips = List.copyOf(vips);
        this.addresses = this.vips.stream().map(Vip::address).collect(Collectors.toUnmodifiableSet());
        this.libc = Libc.load();
        this.netlink = new Rtnetlink(libc);
        this.deadline = new Deadline(libc);
        for (Vip vip : this.vips) {
            removeEverywhere(vip);
            // It isn't there any more; but the first exchange with the kernel takes long, and there is time for it now.
            drop(vip);
        }
        removeRules();
        this.guard = guard();
    }

    private Guard guard() {
        return Guard.over(vips, allRulesRemoved());
    }

    private String allRulesRemoved() {
        return vips.stream()
                .map(vip -> HandOverRules.of(vip.address(), vip.interfaceName()))
                .map(rules -> rules.answerAgain() + rules.remove())
                .collect(Collectors.joining());
    }

    /** An earlier process may have left some. Where there is no nft, none did. */
    private void removeRules() {
        try {
            filter(allRulesRemoved());
        } catch (VipException e) {
            LOG.debug("no rules are left from an earlier process", e);
        }
    }

    /** Whatever interface and prefix an earlier configuration had. */
    private void removeEverywhere(Vip vip) {
        InetAddress address = vip.address().toInetAddress();
        try {
            for (NetworkInterface found = NetworkInterface.getByInetAddress(address);
                    found != null;
                    found = NetworkInterface.getByInetAddress(address)) {
                for (InterfaceAddress held : found.getInterfaceAddresses()) {
                    if (IpAddress.of(held.getAddress()).equals(vip.address())) {
                        LOG.warn(
                                "vip {}: {} was left on {} by an earlier process; removing it",
                                vip.id(),
                                vip.address(),
                                found.getName());
                        check(vip, netlink.remove(vip.address(), held.getNetworkPrefixLength(), found.getIndex()));
                    }
                }
            }
        } catch (SocketException e) {
            throw new VipException("cannot list the interfaces: " + e.getMessage(), e);
        }
    }

    private static void filter(String script) {
        if (!script.isEmpty()) {
            Nftables.run(script, FILTER_PATIENCE);
        }
    }

    private void inTurn(Runnable change) {
        try {
            filter.execute(change);
        } catch (RejectedExecutionException e) {
            // The guard removes all rules.
            LOG.debug("the driver is closed", e);
        }
    }

    @Override
    public boolean hold(Vip vip, int lifetimeSeconds, long notAfterNanos) {
        if (!guard.isAlive()) {
            LOG.warn("the guard of the VIPs has died; starting another");
            guard = guard();
        }
        int index = interfaceOf(vip).getIndex();
        String why = silent.remove(vip.id());
        if (why != null) {
            answerAgain(vip);
            throw new VipException("vip " + vip.id() + ": this host answers nobody who asks for it: " + why);
        }
        boolean held = deadline.act(
                notAfterNanos,
                latest(lifetimeSeconds, notAfterNanos),
                () -> check(vip, netlink.keep(vip.address(), vip.length(), index, lifetimeSeconds)),
                () -> drop(vip));
        if (held) {
            // Not before: who answers has it.
            finish(vip);
        }
        return held;
    }

    /**
     * Until when it does no harm that the kernel is told too late to keep an address, if it is told to remove it at once
     * thereafter: the address may stay until a lifetime and the kernel's lateness after the deadline, and nobody else
     * claims it before.
     */
    private static long latest(int lifetimeSeconds, long notAfterNanos) {
        return notAfterNanos
                + TimeUnit.SECONDS.toNanos(lifetimeSeconds)
                + LeaseTiming.KERNEL_LATENESS_NANOS
                - REMOVAL_NANOS;
    }

    /** When that fails, the next time that the VIP is to be held says so. */
    private void answerAgain(Vip vip) {
        inTurn(() -> {
            try {
                filter(HandOverRules.of(vip.address(), vip.interfaceName()).answerAgain());
            } catch (VipException e) {
                silent.put(vip.id(), String.valueOf(e.getMessage()));
            }
        });
    }

    @Override
    public void drop(Vip vip) {
        NetworkInterface found = find(vip);
        if (found != null) {
            check(vip, netlink.remove(vip.address(), vip.length(), found.getIndex()));
        }
    }

    @Override
    public CompletionStage<Boolean> prepareRetire(Vip vip) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        NetworkInterface on = find(vip);
        if (on == null) {
            done.complete(false);
            return done;
        }
        retired.add(vip.id());
        String rules =
                HandOverRules.of(vip.address(), vip.interfaceName()).answerNobody(OwnAddress.on(on, vip, addresses));
        inTurn(() -> {
            try {
                filter(rules);
                done.complete(true);
            } catch (VipException e) {
                LOG.warn("vip {}: its connections can't be handed over: {}", vip.id(), e.getMessage());
            } finally {
                done.complete(false);
            }
        });
        return done.completeOnTimeout(false, 2 * FILTER_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void retire(Vip vip, int seconds) {
        try {
            check(vip, netlink.keep(vip.address(), hostLength(vip), loopback(), seconds));
        } catch (VipException e) {
            LOG.warn("vip {}: its connections can't be handed over: {}", vip.id(), e.getMessage());
        }
        drop(vip);
    }

    @Override
    public void finish(Vip vip) {
        if (retired.contains(vip.id())) {
            check(vip, netlink.remove(vip.address(), hostLength(vip), loopback()));
            answerAgain(vip);
            retired.remove(vip.id());
        }
    }

    /** Of a single address: on loopback, all addresses of a longer network would be this host's. */
    private static int hostLength(Vip vip) {
        return vip.address().isV4() ? 32 : 128;
    }

    private static int loopback() {
        try {
            NetworkInterface lo = NetworkInterface.getByName("lo");
            if (lo != null) {
                return lo.getIndex();
            }
        } catch (SocketException e) {
            throw new VipException("cannot find the loopback interface: " + e.getMessage(), e);
        }
        throw new VipException("there is no loopback interface lo");
    }

    @Override
    public void announce(Vip vip, long notAfterNanos) {
        NetworkInterface on = interfaceOf(vip);
        byte[] mac = macOf(on);
        if (mac == null) {
            return;
        }
        boolean v4 = vip.address().isV4();
        try (PacketSocket socket =
                new PacketSocket(libc, v4 ? PacketSocket.ARP : PacketSocket.IPV6, on.getIndex(), PROBE_PATIENCE)) {
            Runnable announcement = () -> {
                if (v4) {
                    socket.broadcast(ArpPacket.announcement(ArpPacket.REQUEST, mac, vip.address()));
                    socket.broadcast(ArpPacket.announcement(ArpPacket.REPLY, mac, vip.address()));
                } else {
                    socket.broadcast(NeighborAdvertisement.unsolicited(mac, vip.address()));
                }
            };
            var unusedLate = deadline.act(notAfterNanos, notAfterNanos, announcement, () -> {});
        }
    }

    @Override
    public boolean answersOnlyForItself(Vip vip, IpAddress host) {
        NetworkInterface on = interfaceOf(vip);
        byte[] mac = macOf(on);
        IpAddress own = OwnAddress.on(on, vip.address().isV4(), addresses);
        IpAddress hostsNeighbor = OwnAddress.on(on, host.isV4(), addresses);
        if (mac == null || own == null || hostsNeighbor == null) {
            return false;
        }
        int index = on.getIndex();
        try (NeighborEnquiry afterVip = new NeighborEnquiry(libc, index, mac, own, vip.address(), PROBE_PATIENCE);
                NeighborEnquiry afterHost =
                        new NeighborEnquiry(libc, index, mac, hostsNeighbor, host, PROBE_PATIENCE)) {
            for (int i = 0; i < PROBES; i++) {
                afterVip.ask();
                afterHost.ask();
                if (!afterHost.isAnswered() || afterVip.isAnswered()) {
                    return false;
                }
            }
            return true;
        }
    }

    private static byte @Nullable [] macOf(NetworkInterface on) {
        try {
            return on.getHardwareAddress();
        } catch (SocketException e) {
            throw new VipException("cannot read the hardware address of " + on.getName() + ": " + e.getMessage(), e);
        }
    }

    private static NetworkInterface interfaceOf(Vip vip) {
        NetworkInterface found = find(vip);
        if (found == null) {
            throw new VipException("vip " + vip.id() + ": there is no interface " + vip.interfaceName());
        }
        return found;
    }

    private static @Nullable NetworkInterface find(Vip vip) {
        try {
            return NetworkInterface.getByName(vip.interfaceName());
        } catch (SocketException e) {
            throw new VipException("cannot find the interface " + vip.interfaceName() + ": " + e.getMessage(), e);
        }
    }

    private static void check(Vip vip, int error) {
        if (error != 0) {
            String why = new LastErrorException(error).getMessage();
            throw new VipException("vip " + vip.id() + ": the kernel refuses " + vip.prefix() + " on "
                    + vip.interfaceName() + ": " + why
                    + (error == EPERM ? "; it needs CAP_NET_ADMIN" : error == EEXIST ? "; it is there already" : ""));
        }
    }

    @Override
    public void close() {
        for (Vip vip : vips) {
            drop(vip);
        }
        for (Vip vip : vips) {
            finish(vip);
        }
        filter.shutdown();
        try {
            if (!filter.awaitTermination(FILTER_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                filter.shutdownNow();
            }
        } catch (InterruptedException e) {
            filter.shutdownNow();
            Thread.currentThread().interrupt();
        }
        guard.close();
        netlink.close();
    }
}
