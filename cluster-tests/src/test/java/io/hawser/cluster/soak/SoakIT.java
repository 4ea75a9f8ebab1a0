package io.hawser.cluster.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hawser.cluster.failover.VipCluster;
import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.lab.Host;
import io.hawser.cluster.traffic.OwnerWatch;
import io.hawser.cluster.traffic.Timeline;
import io.hawser.cluster.traffic.Traffic;
import io.hawser.cluster.traffic.Unrest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Mixed traffic and random faults, until the time is over: {@code cluster-tests/soak --minutes 30 --seed 1}. What must
 * hold: one owner at most; every session on its backend; no connection breaks and none is refused that no fault explains.
 */
@Tag("slow")
@Timeout(value = 1, unit = TimeUnit.DAYS)
final class SoakIT {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final List<Fault> FAULTS = List.of(Fault.values());
    private static final long MINUTES = Long.getLong("hawser.soak.minutes", 2);
    private static final long SEED = Long.getLong("hawser.soak.seed", System.nanoTime());

    @RegisterExtension
    final Testbed bed = new Testbed();

    @Test
    void nothingIsLostThatNoFaultExplains() throws Exception {
        System.out.println("soak: " + MINUTES + " minutes, seed " + SEED);
        VipCluster cluster = new VipCluster(bed, 3, new Servers());
        List<Host> hosts = cluster.hosts();
        Unrest unrest = new Unrest(System.nanoTime());
        Timeline timeline = new Timeline(unrest);
        OwnerWatch owners = bed.closing(new OwnerWatch(VipCluster.VIP, unrest));
        for (Host host : hosts) {
            owners.add(host.name(), host);
        }
        await("an owner is seen").atMost(PATIENCE).until(() -> !owners.owner().isEmpty());
        unrest.begin("the start", hosts.stream().map(Host::name).collect(Collectors.toSet()));
        Traffic traffic = bed.closing(cluster.client()
                .call(() -> new Traffic(
                        version -> "TLSv1.2".equals(version) ? cluster.tls().name(Servers.NAME_OF_IDS) : cluster.tls(),
                        unrest,
                        owners,
                        timeline,
                        SEED)));
        ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor();
        bed.closing(sampler::shutdownNow);
        var unused = sampler.scheduleAtFixedRate(() -> timeline.memory(memory(cluster, hosts)), 0, 2, TimeUnit.SECONDS);
        await("clients are served").atMost(PATIENCE).until(() -> timeline.answers() > 1000);
        unrest.end();

        List<String> complaints = new ArrayList<>();
        Random random = new Random(SEED);
        long end = TimeUnit.MINUTES.toNanos(MINUTES);
        while (unrest.now() < end) {
            watch(cluster, unrest, complaints, random.nextInt(4_000, 14_000));
            Fault fault = FAULTS.get(random.nextInt(FAULTS.size()));
            await("somebody has the VIP")
                    .atMost(PATIENCE)
                    .until(() -> cluster.owners().size() == 1);
            Host owner = cluster.owner();
            List<Host> others =
                    hosts.stream().filter(host -> !host.equals(owner)).toList();
            Host other = others.get(random.nextInt(others.size()));
            unrest.begin(fault.toString(), fault.victims(cluster, other));
            System.out.printf("%.1f s: %s; owner %s, other %s%n", unrest.now() / 1e9, fault, owner, other);
            fault.strike(cluster, owner, other);
            pause(random, 1_000, 8_000);
            heal(cluster, complaints);
            unrest.end();
        }
        watch(cluster, unrest, complaints, 5_000);
        traffic.close();
        owners.close();
        hosts.forEach(host -> complaints.addAll(cluster.node(host).complaints()));

        Report report = new Report(SEED, unrest, timeline, owners, traffic, complaints, hosts);
        Path page = Files.writeString(Path.of("target", "soak-" + SEED + ".html"), report.html());
        System.out.println(report.figures() + "\nreport: " + page.toAbsolutePath());
        assertThat(report.violations()).as("seed %d", SEED).isEmpty();
        assertThat(traffic.resumed()).as("sessions resumed").isPositive();
    }

    private static void pause(Random random, int from, int to) throws InterruptedException {
        // A soak is made of time.
        TimeUnit.MILLISECONDS.sleep(random.nextInt(from, to));
    }

    /**
     * Lets it be for a while. A node that can't renew its lease in time, on a machine that has too much to do, ends itself
     * rather than be a second owner; who runs nodes starts them again.
     */
    private static void watch(VipCluster cluster, Unrest unrest, List<String> complaints, long millis)
            throws Exception {
        long until = unrest.now() + TimeUnit.MILLISECONDS.toNanos(millis);
        long before = unrest.now();
        while (unrest.now() < until) {
            for (Host host : cluster.hosts()) {
                if (!cluster.node(host).process().isAlive()) {
                    unrest.begin(
                            "a node ended by itself, with "
                                    + cluster.node(host).process().awaitExit(PATIENCE),
                            cluster.hosts().stream().map(Host::name).collect(Collectors.toSet()),
                            before);
                    heal(cluster, complaints);
                    unrest.end();
                }
            }
            before = unrest.now();
            TimeUnit.MILLISECONDS.sleep(200);
        }
    }

    /** Everything that is down or cut off is there again, and clients are served. */
    private static void heal(VipCluster cluster, List<String> complaints) throws Exception {
        cluster.lab().faults().heal();
        if (!cluster.zooKeeper().process().isAlive()) {
            cluster.zooKeeper().restart();
        }
        for (Host host : cluster.hosts()) {
            cluster.node(host).process().signal(OsProcess.Signal.CONT);
        }
        await("the cluster is whole").atMost(PATIENCE).until(() -> {
            startTheDead(cluster, complaints);
            return cluster.isWhole(3);
        });
        await("clients are served").atMost(PATIENCE).until(() -> cluster.client()
                .call(() -> {
                    try {
                        return cluster.tls().ask().backend().startsWith("t");
                    } catch (IOException e) {
                        return false;
                    }
                }));
    }

    private static void startTheDead(VipCluster cluster, List<String> complaints) throws IOException {
        for (Host host : cluster.hosts()) {
            if (!cluster.node(host).process().isAlive()) {
                complaints.addAll(cluster.node(host).complaints());
                cluster.start(host);
            }
        }
    }

    private static double[] memory(VipCluster cluster, List<Host> hosts) {
        return hosts.stream()
                .mapToDouble(host -> {
                    try {
                        return cluster.node(host).process().residentBytes() / 1048576.0;
                    } catch (UncheckedIOException | IllegalStateException e) {
                        // It is down.
                        return 0;
                    }
                })
                .toArray();
    }
}
