package io.hawser.config;

import io.hawser.net.Endpoint;
import io.hawser.net.HostPrefix;
import io.hawser.net.IpAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A floating address, which one node of the cluster has at any time. */
public record VipConfig(
        @Key(value = "The VIP's name in metrics, logs and `lbctl`.", text = TextKind.ID, restart = true) String id,
        @Key(
                        value =
                                "The address that clients know, IPv4 or IPv6. Its prefix is `/32` or `/128` unless its network is"
                                        + " nowhere else on the interface.",
                        restart = true)
                HostPrefix address,
        @Key(
                        name = "interface",
                        value =
                                "The interface that the owner puts it on, such as `eth0`. The driver `kernel` needs it.",
                        text = TextKind.INTERFACE,
                        restart = true)
                @Nullable String interfaceName,
        @Key(
                        value =
                                "How the owner has the address: `kernel` puts it on the interface, for as long as the lease"
                                        + " lasts; `bind` listens on it only while this node is the owner, for addresses that every"
                                        + " node has anyway, such as those of a loopback; `none` touches nothing, and something else"
                                        + " goes by the metrics.",
                        byDefault = "kernel",
                        noun = "a driver",
                        restart = true)
                Driver driver,
        @Key(
                        value =
                                "The ids of the nodes that should own it, the most wanted first; empty: VIPs are spread evenly.",
                        byDefault = "[]",
                        text = TextKind.ID,
                        restart = true)
                List<String> prefer,
        @Key(
                        value =
                                "Whether it leaves a healthy owner for a node that it would rather be on. Each move costs new"
                                        + " connections a few milliseconds.",
                        byDefault = "false",
                        restart = true)
                boolean preempt,
        @Key(value = "How long that node must have been ready first.", byDefault = "30s", restart = true)
                Duration preemptDelay) {

    public VipConfig {
        prefer = List.copyOf(prefer);
    }

    /**
     * Whether clients who come to the VIP reach what is bound here.
     *
     * @param exactly whether only what is bound to this very address counts, and nothing that is bound to all addresses
     */
    public boolean isReachedBy(Endpoint bind, boolean exactly) {
        IpAddress bound = IpAddress.tryParse(bind.host());
        if (bound == null) {
            return false;
        }
        return bound.equals(address.address())
                || (!exactly
                        && bound.isV4() == address.address().isV4()
                        && bound.toInetAddress().isAnyLocalAddress());
    }

    /** How the owner has the address. */
    public enum Driver {
        KERNEL,
        BIND,
        NONE
    }
}
