package io.hawser.cluster.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.harness.TlsClient;
import io.hawser.cluster.harness.Tool;
import io.hawser.cluster.lab.AddressObserver;
import io.hawser.cluster.lab.Host;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A VIP is moved on purpose while clients are at work: a long download, a hundred connections that are idle for now, and
 * new ones all the time. Nothing breaks, nothing fails, and the node that had it is rid of them once they have ended.
 */
@Timeout(600)
@Tag("slow")
final class MoveUnderLoadIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int IDLE = 100;
    private static final long EVERY_MILLIS = Long.getLong("hawser.failover.every", 25);

    @RegisterExtension
    static final Testbed bed = new Testbed();

    private static EnsembleCluster cluster;

    @BeforeAll
    static void up() throws Exception {
        cluster = new EnsembleCluster(bed);
    }

    @AfterEach
    void heal() throws Exception {
        cluster.requireNeverTwoOwners();
        cluster.heal();
    }

    /** Has the VIP leave a node; completes when the operator's command has ended. */
    private interface Move {
        CompletableFuture<OsProcess> away(Host from, Host to) throws Exception;
    }

    private static CompletableFuture<OsProcess> lbctl(Host at, String... arguments) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return cluster.lbctl(at, arguments);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void aMoveBreaksNothing() throws Exception {
        underLoad(
                EnsembleCluster.VIP,
                cluster.client().address(),
                (from, to) -> lbctl(from, "vip", "move", "web", "--to", to.name()));
    }

    @Test
    void aMoveBreaksNothingOverIpv6() throws Exception {
        underLoad(
                EnsembleCluster.VIP6,
                cluster.client().address6(),
                (from, to) -> lbctl(from, "vip", "move", "web6", "--to", to.name()));
    }

    @Test
    void aDrainBreaksNothing() throws Exception {
        Host from = cluster.owner();
        try {
            underLoad(
                    EnsembleCluster.VIP,
                    cluster.client().address(),
                    (owner, to) -> lbctl(owner, "node", "drain", "--timeout", "50s"));
        } finally {
            OsProcess resumed = lbctl(from, "node", "resume").get(60, TimeUnit.SECONDS);
            assertThat(resumed.awaitExit(PATIENCE)).as("%s", resumed.output()).isZero();
        }
    }

    /** What is done for the one that goes takes a process of the system's, which takes its time on a busy host. */
    @Test
    void aPacketFilterThatIsSlowCostsNoOtherVip() throws Exception {
        Path slow = bed.directory("slow").resolve("nft");
        Files.writeString(slow, "#!/bin/sh\nsleep 1.5\nexec " + Tool.NFT.path() + " \"$@\"\n");
        assertThat(slow.toFile().setExecutable(true)).isTrue();
        Host host = cluster.owner();
        terminate(host);
        cluster.start(host, "PATH=" + slow.getParent() + ":$PATH");
        cluster.awaitCandidates();
        for (String vip : List.of("web", "web6")) {
            lbctl(host, "vip", "move", vip, "--to", host.name()).get(60, TimeUnit.SECONDS);
        }
        await(host + " has both")
                .atMost(PATIENCE)
                .until(() -> cluster.owners().equals(List.of(host))
                        && cluster.addresses().having(EnsembleCluster.VIP6).equals(List.of(host)));
        int changes = cluster.addresses().changes(EnsembleCluster.VIP6).size();
        cluster.move(cluster.others(host).get(0));
        assertThat(cluster.addresses().changes(EnsembleCluster.VIP6))
                .as("what became of the other VIP")
                .hasSize(changes);
        // Healing starts it again.
        terminate(host);
    }

    private static void terminate(Host host) {
        OsProcess process = cluster.node(host).process();
        process.signal(OsProcess.Signal.TERM);
        assertThat(process.awaitExit(PATIENCE)).as("%s", process.output()).isZero();
    }

    private static void underLoad(String vip, String source, Move move) throws Exception {
        TlsClient client =
                bed.client(new InetSocketAddress(vip, EnsembleCluster.PORT)).from(source);
        Host from = cluster.addresses().having(vip).get(0);
        Host to = cluster.others(from).get(0);
        Download download = cluster.client()
                .call(() -> Download.begin(client.to(new InetSocketAddress(vip, EnsembleCluster.BULK_PORT))));
        List<TlsClient.Connection> idle = cluster.client().call(() -> {
            List<TlsClient.Connection> connections = new ArrayList<>();
            for (int i = 0; i < IDLE; i++) {
                TlsClient.Connection connection = client.connect();
                connection.ask();
                connections.add(connection);
            }
            return connections;
        });
        try (DarkTimes times = DarkTimes.on(cluster.client(), client, (int) PATIENCE.toMillis(), EVERY_MILLIS)) {
            await("clients are served").atMost(PATIENCE).until(() -> times.isLight(1000));
            times.clear();
            long before = System.nanoTime();
            int changesBefore = cluster.addresses().changes(vip).size();

            CompletableFuture<OsProcess> moved = move.away(from, to);
            await("another node has the VIP").atMost(PATIENCE).until(() -> cluster.addresses().having(vip).stream()
                    .anyMatch(host -> !host.equals(from)));
            long arrived = download.arrived();
            await("clients are served by it").atMost(PATIENCE).until(() -> times.isLight(1000));

            for (TlsClient.Connection connection : idle) {
                assertThat(connection.ask().requests()).isEqualTo(2);
            }
            await("the download goes on").atMost(PATIENCE).until(() -> download.arrived() > arrived + 1_000_000);
            assertThat(download.isOver()).as("the download has ended before").isFalse();
            assertThat(download.hurry().get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("all came that was sent, and no more")
                    .isTrue();
            List<DarkTimes.Attempt> attempts = times.since(before);
            assertThat(DarkTimes.failures(attempts)).isEmpty();
            List<AddressObserver.Change> changes = cluster.addresses().changes(vip);
            System.out.printf(
                    "%s: %d new connections, the slowest took %.0f ms, the median %.0f ms; %s%n",
                    vip,
                    attempts.size(),
                    DarkTimes.tookMillis(attempts, 1),
                    DarkTimes.tookMillis(attempts, 0.5),
                    changes.subList(changesBefore, changes.size()));

            assertThat(from.holds(vip)).as("%s still has connections", from).isTrue();
            for (TlsClient.Connection connection : idle) {
                connection.close();
            }
            await(from + " is done with it").atMost(PATIENCE).until(() -> !from.holds(vip));
            OsProcess command = moved.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(command.awaitExit(PATIENCE)).as("%s", command.output()).isZero();
        }
    }
}
