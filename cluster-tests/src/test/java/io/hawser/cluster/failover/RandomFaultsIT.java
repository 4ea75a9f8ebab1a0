package io.hawser.cluster.failover;

import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.harness.TlsClient;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Whatever befalls a cluster: no VIP ever has two owners, it has one again where a node and most of ZooKeeper are well, and
 * no session leaves its backend. A run is repeated by {@code -Dhawser.seed=…}.
 */
@Timeout(1800)
@Tag("slow")
final class RandomFaultsIT {

    private static final long SEED = Long.getLong("hawser.seed", new Random().nextInt(1_000_000));
    private static final int CLIENTS = 30;

    @RegisterExtension
    static final Testbed bed = new Testbed();

    private static EnsembleCluster cluster;
    private static Visitors visitors;

    @BeforeAll
    static void up() throws Exception {
        cluster = new EnsembleCluster(bed);
        List<TlsClient> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            String address = "198.51.100." + (150 + i);
            cluster.client().ip("addr", "add", address + "/24", "dev", "eth0");
            clients.add(bed.client(new InetSocketAddress(EnsembleCluster.VIP, EnsembleCluster.PORT))
                    .from(address));
        }
        visitors = bed.closing(Visitors.on(cluster.client(), clients));
    }

    @Test
    void asManyFaultsAsInADay() throws Exception {
        run(Integer.getInteger("hawser.faults", 200));
    }

    private static void run(int count) throws Exception {
        System.out.println("seed " + SEED + "; again by -Dhawser.seed=" + SEED);
        RandomFaults faults = new RandomFaults(cluster, visitors, SEED);
        try {
            faults.run(count);
        } finally {
            System.out.println(faults.summary());
            System.out.println(visitors);
        }
    }
}
