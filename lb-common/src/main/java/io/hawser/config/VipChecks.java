package io.hawser.config;

import io.hawser.net.IpAddress;
import io.hawser.vip.LeaseTiming;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The rules between a VIP, the listeners behind it and the ensemble that says who owns it. */
final class VipChecks {

    private static final String SESSION_TIMEOUT = "zookeeper.session-timeout";

    private VipChecks() {}

    static void run(HawserConfig config, Findings findings) {
        if (config.vips().isEmpty() || findings.isBroken("vips")) {
            return;
        }
        ownersCanBeElected(config, findings);
        addressesDiffer(config.vips(), findings);
        for (int i = 0; i < config.vips().size(); i++) {
            String path = "vips[" + i + "]";
            if (!findings.isBroken(path)) {
                hasWhatItsDriverNeeds(config.vips().get(i), path, findings);
                somethingListens(config, config.vips().get(i), path, findings);
            }
        }
    }

    private static void ownersCanBeElected(HawserConfig config, Findings findings) {
        ZooKeeperConfig zooKeeper = config.zookeeper();
        if (zooKeeper == null) {
            if (!findings.isBroken("zookeeper")) {
                findings.report(
                        "vips",
                        "the owner of a VIP is elected in ZooKeeper, so that the section 'zookeeper' is required; add it");
            }
            return;
        }
        if (!findings.isBroken("zookeeper") && !findings.isBroken(SESSION_TIMEOUT)) {
            LeaseTiming.of(zooKeeper.sessionTimeout().toNanos()).problems().stream()
                    .findFirst()
                    .ifPresent(why -> findings.report(
                            SESSION_TIMEOUT, "is too short for the lease of a VIP: " + why + "; 3s does"));
        }
        boolean saidAlready = config.cluster() != null;
        if (!saidAlready
                && !findings.isGiven("node.address")
                && !findings.isBroken("node.address")
                && !findings.isBroken("node")) {
            findings.report(
                    "node.address",
                    "is required by 'vips': the address at which the other nodes see whether this one is alive");
        }
    }

    private static void addressesDiffer(List<VipConfig> vips, Findings findings) {
        Map<IpAddress, String> first = new HashMap<>();
        for (int i = 0; i < vips.size(); i++) {
            String path = "vips[" + i + "].address";
            if (findings.isBroken(path)) {
                continue;
            }
            String earlier = first.putIfAbsent(vips.get(i).address().address(), path);
            if (earlier != null) {
                findings.report(
                        path,
                        vips.get(i).address().address() + " is the address of another VIP in line "
                                + findings.lineOf(earlier));
            }
        }
    }

    private static void hasWhatItsDriverNeeds(VipConfig vip, String path, Findings findings) {
        if (vip.driver() == VipConfig.Driver.KERNEL
                && vip.interfaceName() == null
                && !findings.isBroken(path + ".driver")
                && !findings.isBroken(path + ".interface")) {
            findings.report(
                    path + ".interface",
                    "is required by the driver 'kernel': the interface that the address is put on, such as eth0");
        }
    }

    private static void somethingListens(HawserConfig config, VipConfig vip, String path, Findings findings) {
        if (findings.isBroken(path + ".address")
                || findings.isBroken("listeners")
                || vip.driver() == VipConfig.Driver.NONE) {
            return;
        }
        boolean exact = vip.driver() == VipConfig.Driver.BIND;
        boolean listens = config.listeners().stream()
                .flatMap(listener -> listener.bind().stream())
                .anyMatch(bind -> vip.isReachedBy(bind, exact));
        if (!listens) {
            findings.report(
                    path + ".address",
                    "no listener listens on " + vip.address().address()
                            + (exact
                                    ? ", which the driver 'bind' needs: add it to a listener's bind"
                                    : " or on every address of its kind; add it to a listener's bind"));
        }
    }
}
