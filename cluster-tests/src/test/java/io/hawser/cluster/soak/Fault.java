package io.hawser.cluster.soak;

import io.hawser.cluster.failover.VipCluster;
import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.lab.Host;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** What befalls the cluster. How it is healed is the same for all: everything that is down or cut off is there again. */
enum Fault {
    OWNER_KILLED("the owner is killed") {
        @Override
        void strike(VipCluster cluster, Host owner, Host other) {
            cluster.node(owner).process().signal(OsProcess.Signal.KILL);
        }
    },
    OWNER_STOPPED("the owner is stopped (SIGSTOP)") {
        @Override
        void strike(VipCluster cluster, Host owner, Host other) {
            cluster.node(owner).process().signal(OsProcess.Signal.STOP);
        }
    },
    OWNER_CUT_OFF("the owner's host is cut off") {
        @Override
        void strike(VipCluster cluster, Host owner, Host other) {
            cluster.lab().faults().cut(owner);
        }
    },
    OWNER_WITHOUT_ZOOKEEPER("the owner is cut off from ZooKeeper") {
        @Override
        void strike(VipCluster cluster, Host owner, Host other) {
            cluster.lab().faults().cut(owner, cluster.zooKeeperHost());
        }
    },
    OWNER_TERMINATED("the owner is terminated (SIGTERM)") {
        @Override
        void strike(VipCluster cluster, Host owner, Host other) {
            cluster.node(owner).process().signal(OsProcess.Signal.TERM);
            int unused = cluster.node(owner).process().awaitExit(PATIENCE);
        }
    },
    OWNER_LOSES_PACKETS("one in five packets of the owner's is lost") {
        @Override
        void strike(VipCluster cluster, Host owner, Host other) {
            cluster.lab().faults().lose(owner, 20);
        }
    },
    ZOOKEEPER_KILLED("ZooKeeper is killed") {
        @Override
        void strike(VipCluster cluster, Host owner, Host other) {
            cluster.zooKeeper().kill();
        }
    },
    OTHER_KILLED("another node is killed") {
        @Override
        void strike(VipCluster cluster, Host owner, Host other) {
            cluster.node(other).process().signal(OsProcess.Signal.KILL);
        }
    },
    OTHER_STOPPED("another node is stopped (SIGSTOP)") {
        @Override
        void strike(VipCluster cluster, Host owner, Host other) {
            cluster.node(other).process().signal(OsProcess.Signal.STOP);
        }
    },
    OTHER_CUT_OFF("another node's host is cut off") {
        @Override
        void strike(VipCluster cluster, Host owner, Host other) {
            cluster.lab().faults().cut(other);
        }
    },
    NODES_APART("the owner and another node don't reach each other") {
        @Override
        void strike(VipCluster cluster, Host owner, Host other) {
            cluster.lab().faults().cut(owner, other);
        }
    },
    VIP_MOVED("the VIP is moved") {
        @Override
        void strike(VipCluster cluster, Host owner, Host other) throws Exception {
            lbctl(cluster, owner, "vip", "move", "web", "--to", other.name());
            // It stays there, but need not come back there when that node does.
            lbctl(cluster, owner, "vip", "move", "web", "--anywhere");
        }
    },
    WEIGHT_CHANGED("a backend's weight is changed, and back") {
        @Override
        void strike(VipCluster cluster, Host owner, Host other) throws Exception {
            lbctl(cluster, other, "backend", "weight", "tickets/t1", "10");
            lbctl(cluster, owner, "backend", "weight", "tickets/t1", "100");
        }
    };

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final String what;

    Fault(String what) {
        this.what = what;
    }

    abstract void strike(VipCluster cluster, Host owner, Host other) throws Exception;

    private static void lbctl(VipCluster cluster, Host host, String... arguments) throws Exception {
        OsProcess process = cluster.lbctl(host, arguments);
        if (process.awaitExit(PATIENCE) != 0) {
            throw new AssertionError(process.evidence());
        }
    }

    /** Whose connections it may break, and backends that the owner may not reach. */
    Set<String> victims(VipCluster cluster, Host other) {
        Set<String> victims = new HashSet<>(nodes(cluster, other));
        if (this == OWNER_CUT_OFF || this == OWNER_LOSES_PACKETS) {
            victims.addAll(Servers.ALL);
        }
        return victims;
    }

    private Set<String> nodes(VipCluster cluster, Host other) {
        return switch (this) {
            case VIP_MOVED, WEIGHT_CHANGED -> Set.of();
            // Connections that it carries still come by way of the owner.
            case NODES_APART, OTHER_KILLED, OTHER_STOPPED, OTHER_CUT_OFF -> Set.of(other.name());
            // All come by way of the owner, even those that another carries still.
            default -> cluster.hosts().stream().map(Host::name).collect(Collectors.toSet());
        };
    }

    @Override
    public String toString() {
        return what;
    }
}
