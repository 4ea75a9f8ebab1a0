package io.hawser.node.vip;

import com.sun.jna.LastErrorException;
import io.hawser.net.IpAddress;
import io.hawser.vip.ArpPacket;
import io.hawser.vip.HandOverRules;
import io.hawser.vip.NeighborAdvertisement;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
    private static final int EPERM = 1;
    private static final int EEXIST = 17;

    private final Libc libc;
    private final Rtnetlink netlink;
    private final Deadline deadline;
    private final List<Vip> vips;
    /** Ids of those that are kept for connections that are open over them. */
    private final Set<String> retired = new HashSet<>();

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

    @Override
    public boolean hold(Vip vip, int lifetimeSeconds, long notAfterNanos) {
        if (!guard.isAlive()) {
            LOG.warn("the guard of the VIPs has died; starting another");
            guard = guard();
        }
        int index = interfaceOf(vip).getIndex();
        boolean returns = retired.contains(vip.id());
        if (returns) {
            answerAgain(vip);
        }
        boolean held = deadline.act(
                notAfterNanos, () -> check(vip, netlink.keep(vip.address(), vip.length(), index, lifetimeSeconds)));
        if (held && returns) {
            finish(vip);
        }
        return held;
    }

    private void answerAgain(Vip vip) {
        filter(HandOverRules.of(vip.address(), vip.interfaceName()).answerAgain());
    }

    @Override
    public void drop(Vip vip) {
        NetworkInterface found = find(vip);
        if (found != null) {
            check(vip, netlink.remove(vip.address(), vip.length(), found.getIndex()));
        }
    }

    @Override
    public void retire(Vip vip, int seconds) {
        NetworkInterface on = find(vip);
        try {
            if (on != null) {
                retired.add(vip.id());
                HandOverRules rules = HandOverRules.of(vip.address(), vip.interfaceName());
                filter(rules.answerNobody(OwnAddress.on(on, vip, addresses)));
                check(vip, netlink.keep(vip.address(), hostLength(vip), loopback(), seconds));
            }
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
            deadline.act(notAfterNanos, () -> {
                if (v4) {
                    socket.broadcast(ArpPacket.announcement(ArpPacket.REQUEST, mac, vip.address()));
                    socket.broadcast(ArpPacket.announcement(ArpPacket.REPLY, mac, vip.address()));
                } else {
                    socket.broadcast(NeighborAdvertisement.unsolicited(mac, vip.address()));
                }
            });
        }
    }

    /** For IPv6 nobody is asked yet, and so nothing is proven. */
    @Override
    public boolean answersOnlyForItself(Vip vip, IpAddress host) {
        NetworkInterface on = interfaceOf(vip);
        byte[] mac = macOf(on);
        IpAddress own = OwnAddress.on(on, vip, addresses);
        if (mac == null || own == null || !vip.address().isV4() || !host.isV4()) {
            return false;
        }
        try (PacketSocket socket = new PacketSocket(libc, PacketSocket.ARP, on.getIndex(), PROBE_PATIENCE)) {
            for (int i = 0; i < PROBES; i++) {
                socket.broadcast(ArpPacket.request(mac, own, vip.address()));
                socket.broadcast(ArpPacket.request(mac, own, host));
                boolean hostAnswered = false;
                for (ByteBuffer packet = socket.receive(); packet != null; packet = socket.receive()) {
                    if (ArpPacket.isFrom(packet, vip.address())) {
                        return false;
                    }
                    hostAnswered |= ArpPacket.isFrom(packet, host);
                }
                if (!hostAnswered) {
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
        guard.close();
        netlink.close();
    }
}
