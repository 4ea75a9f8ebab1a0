package io.hawser.cluster.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.lab.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What befalls the owner of a VIP, and how long clients notice. With {@code -Dhawser.failover.rounds=20
 * -Dhawser.failover.every=5} it measures each as often, by a connection every five milliseconds; {@code
 * target/failover.md} has the least, the median and the most.
 */
@Timeout(3000)
final class FailoverIT {

    private static final int ROUNDS = Integer.getInteger("hawser.failover.rounds", 1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path TABLE = Path.of("target", "failover.md");

    @RegisterExtension
    static final Testbed bed = new Testbed();

    private static VipCluster cluster;
    private static DarkTimes times;

    /** Something that befalls the owner. */
    private interface Fault {
        void strike(Host owner) throws Exception;
    }

    @BeforeAll
    static void up() throws Exception {
        cluster = new VipCluster(bed, 3);
        times = bed.closing(DarkTimes.on(cluster.client(), cluster.tls()));
        await("clients are served").atMost(PATIENCE).until(() -> times.isLight(500));
    }

    @AfterEach
    void heal() throws Exception {
        cluster.lab().faults().heal();
        for (Host host : cluster.hosts()) {
            cluster.node(host).process().signal(OsProcess.Signal.CONT);
            if (!cluster.node(host).process().isAlive()) {
                cluster.start(host);
            }
        }
        cluster.awaitCandidates(3);
        await("clients are served").atMost(PATIENCE).until(() -> times.isLight(500));
    }

    private void measure(String what, Fault fault) throws Exception {
        List<Double> dark = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            Host owner = cluster.owner();
            times.clear();
            long struck = System.nanoTime();
            fault.strike(owner);
            await("another node has the VIP, and clients are served")
                    .atMost(PATIENCE)
                    .until(() -> {
                        List<Host> owners = cluster.owners();
                        return owners.size() == 1 && !owners.get(0).equals(owner) && times.isLight(1000);
                    });
            List<DarkTimes.Attempt> attempts = times.since(struck);
            dark.add(DarkTimes.darkMillis(attempts));
            System.out.println(what + ": dark for " + dark.get(i) + " ms; " + DarkTimes.failures(attempts));
            cluster.requireOneOwnerAtATime();
            heal();
        }
        write(what, dark);
    }

    private static void write(String what, List<Double> dark) throws IOException {
        List<Double> sorted = dark.stream().sorted().toList();
        String line = String.format(
                Locale.ROOT,
                "| %s | %d | %.0f | %.0f | %.0f |%n",
                what,
                sorted.size(),
                sorted.get(0),
                sorted.get(sorted.size() / 2),
                sorted.get(sorted.size() - 1));
        System.out.print(line);
        Files.writeString(TABLE, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Test
    void theOwnersProcessIsKilled() throws Exception {
        measure("owner killed (SIGKILL)", owner -> cluster.node(owner).process().signal(OsProcess.Signal.KILL));
    }

    @Test
    void theOwnersHostFallsSilent() throws Exception {
        measure("owner's host silent", owner -> cluster.lab().faults().cut(owner));
    }

    @Test
    void theOwnersProcessIsStopped() throws Exception {
        measure(
                "owner stopped (SIGSTOP)",
                owner -> cluster.node(owner).process().signal(OsProcess.Signal.STOP));
    }

    @Test
    void theOwnerLosesZooKeeperAlone() throws Exception {
        measure(
                "owner cut off from ZooKeeper alone",
                owner -> cluster.lab().faults().cut(owner, cluster.zooKeeperHost()));
    }

    @Test
    void theVipIsMoved() throws Exception {
        measure("vip move", owner -> {
            Host to = cluster.another();
            OsProcess moved = cluster.lbctl(owner, "vip", "move", "web", "--to", to.name());
            assertThat(moved.awaitExit(PATIENCE)).as("%s", moved.output()).isZero();
        });
    }

    @Test
    void theOwnerIsDrained() throws Exception {
        measure("node drain", owner -> {
            OsProcess drained = cluster.lbctl(owner, "node", "drain", "--timeout", "0s");
            assertThat(drained.awaitExit(PATIENCE)).as("%s", drained.output()).isZero();
            OsProcess resumed = cluster.lbctl(owner, "node", "resume");
            assertThat(resumed.awaitExit(PATIENCE)).as("%s", resumed.output()).isZero();
        });
    }

    @Test
    void theOwnerIsTerminated() throws Exception {
        measure("owner terminated (SIGTERM)", owner -> {
            cluster.node(owner).process().signal(OsProcess.Signal.TERM);
            assertThat(cluster.node(owner).process().awaitExit(PATIENCE)).isZero();
        });
    }

    /** What the owner does then is to let go: nobody can take over, and nobody may. */
    @Test
    void withoutZooKeeperTheVipIsNobodysUntilItIsBack() throws Exception {
        cluster.zooKeeper().kill();
        await("the owner has let go").atMost(PATIENCE).until(() -> cluster.owners()
                .isEmpty());
        TimeUnit.MILLISECONDS.sleep(500);
        assertThat(cluster.owners()).isEmpty();
        cluster.zooKeeper().restart();
        await("somebody has it again")
                .atMost(PATIENCE)
                .until(() -> cluster.owners().size() == 1 && times.isLight(500));
    }
}
