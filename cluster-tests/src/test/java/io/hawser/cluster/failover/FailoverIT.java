package io.hawser.cluster.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hawser.cluster.harness.Testbed;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Whatever befalls the owner of a VIP, another node serves clients soon, and never do two hosts answer for it. How soon is
 * measured by {@code cluster-tests/failover}.
 */
@Timeout(600)
final class FailoverIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    static final Testbed bed = new Testbed();

    private static VipCluster cluster;
    private static HawserTrio trio;
    private static Knocker times;

    @BeforeAll
    static void up() throws Exception {
        cluster = new VipCluster(bed, 3);
        trio = new HawserTrio(bed, cluster);
        times = bed.closing(Knocker.on(cluster.client(), cluster.tls()));
    }

    private static Round befalls(Mishap mishap) throws Exception {
        Round round = Round.of(trio, mishap, times, cluster.observer(), PATIENCE);
        System.out.println(round);
        assertThat(round.darkMillis()).as("%s", round).isLessThan(Round.FOR_EVER);
        assertThat(round.twoOwners()).as("%s", round).isFalse();
        cluster.requireOneOwnerAtATime();
        return round;
    }

    @Test
    void theOwnersProcessIsKilled() throws Exception {
        var unused = befalls(Mishap.PROXY_KILLED);
    }

    @Test
    void theOwnersHostFallsSilent() throws Exception {
        var unused = befalls(Mishap.HOST_SILENT);
    }

    @Test
    void theVipIsMoved() throws Exception {
        assertThat(befalls(Mishap.MOVED).broken()).isZero();
    }

    @Test
    @Tag("slow")
    void theOwnerIsDrained() throws Exception {
        assertThat(befalls(Mishap.DRAINED).broken()).isZero();
    }

    @Test
    @Tag("slow")
    void theOwnersProcessAndItsGuardAreKilled() throws Exception {
        var unused = befalls(Mishap.ALL_KILLED);
    }

    @Test
    @Tag("slow")
    void theOwnersProcessIsStopped() throws Exception {
        var unused = befalls(Mishap.PROXY_STOPPED);
    }

    @Test
    @Tag("slow")
    void theOwnerLosesZooKeeperAlone() throws Exception {
        var unused = befalls(Mishap.STORE_CUT);
    }

    @Test
    @Tag("slow")
    void theOwnerLosesTheOtherNodesAlone() throws Exception {
        assertThat(befalls(Mishap.PEERS_CUT).darkMillis()).isZero();
    }

    @Test
    @Tag("slow")
    void theOwnerIsTerminated() throws Exception {
        var unused = befalls(Mishap.TERMINATED);
    }

    /** What the owner does then is to let go: nobody can take over, and nobody may. */
    @Test
    @Tag("slow")
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
        cluster.requireOneOwnerAtATime();
    }
}
