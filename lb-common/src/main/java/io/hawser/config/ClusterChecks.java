package io.hawser.config;

import io.hawser.net.Endpoint;
import io.hawser.net.IpAddress;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/** The rules between the keys that make one cluster of several nodes. */
final class ClusterChecks {

    private static final String ADDRESS = "node.address";

    private ClusterChecks() {}

    static void run(HawserConfig config, Findings findings) {
        ClusterConfig cluster = config.cluster();
        if (cluster == null || findings.isBroken("cluster")) {
            return;
        }
        membersDiffer(cluster, findings);
        membersCanBeFound(config, cluster, findings);
        othersReachThisNode(config, cluster, findings);
    }

    private static void membersDiffer(ClusterConfig cluster, Findings findings) {
        Map<Endpoint, String> first = new HashMap<>();
        for (int i = 0; i < cluster.join().size(); i++) {
            String path = "cluster.join[" + i + "]";
            if (!findings.isBroken(path) && first.putIfAbsent(cluster.join().get(i), path) != null) {
                findings.report(path, cluster.join().get(i) + " is there already");
            }
        }
    }

    private static void membersCanBeFound(HawserConfig config, ClusterConfig cluster, Findings findings) {
        boolean missing = cluster.joinsByZooKeeper() && config.zookeeper() == null;
        if (missing && !findings.isBroken("cluster.join")) {
            findings.report(
                    "cluster.join",
                    "the members are looked up in ZooKeeper, so that the section 'zookeeper' is required; add it, or"
                            + " list the members: [ \"10.0.0.11:5701\" ]");
        }
    }

    /** The cluster's port is bound to this address and no other, and the other members are told to come to it. */
    private static void othersReachThisNode(HawserConfig config, ClusterConfig cluster, Findings findings) {
        if (findings.isBroken(ADDRESS) || findings.isBroken("node")) {
            return;
        }
        String text = config.node().address();
        IpAddress address = IpAddress.tryParse(text);
        if (!findings.isGiven(ADDRESS)) {
            findings.report(
                    ADDRESS, "is required by 'cluster': the address at which the other members reach this node");
        } else if (address == null) {
            findings.report(ADDRESS, "'" + text + "' is a name; 'cluster' needs the address itself, since it binds it");
        } else if (address.toInetAddress().isAnyLocalAddress()) {
            findings.report(
                    ADDRESS,
                    text + " is no address that the other members of 'cluster' could reach; write this node's own");
        } else if (address.toInetAddress().isLoopbackAddress()) {
            cluster.join().stream()
                    .filter(member -> !isLoopback(member.host()))
                    .findFirst()
                    .ifPresent(member -> findings.report(
                            ADDRESS,
                            text + " can't be reached by other machines, such as " + member
                                    + " in cluster.join; write the address that they reach this node at"));
        }
    }

    private static boolean isLoopback(String host) {
        IpAddress address = IpAddress.tryParse(host);
        InetAddress inet = address == null ? null : address.toInetAddress();
        return inet == null ? host.equals("localhost") : inet.isLoopbackAddress();
    }
}
