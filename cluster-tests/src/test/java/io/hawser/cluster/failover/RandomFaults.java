package io.hawser.cluster.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.lab.Faults;
import io.hawser.cluster.lab.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Faults that befall a cluster by chance, at most two at a time, one after the other in fast sequence. A seed gives the
 * same faults at the same targets, counted from whoever is the owner then.
 */
final class RandomFaults {

    /** Until there is an owner again, on a machine that does other things, too. */
    private static final Duration BOUND = Duration.ofSeconds(60);

    private static final int LONGEST_PAUSE_MILLIS = 2000;
    private static final int MOST_AT_A_TIME = 2;

    private final EnsembleCluster cluster;
    private final Visitors visitors;
    private final Random random;
    private final long begunNanos = System.nanoTime();
    private final List<Fault> active = new ArrayList<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private final Map<String, Long> slowest = new TreeMap<>();
    private int struck;

    /** What can go wrong. */
    private enum Kind {
        NODE_KILLED,
        NODE_STOPPED,
        NODE_WITHOUT_ZOOKEEPER,
        NODE_WITHOUT_ONE_SERVER,
        NODE_WITHOUT_OTHERS,
        HOST_LOSES_PACKETS,
        HOST_UNPLUGGED,
        HOST_SILENT,
        NODE_DRAINED,
        VIP_MOVED,
        SERVER_KILLED,
        SERVER_CUT_OFF,
        MOST_SERVERS_KILLED,
        BACKEND_KILLED
    }

    private interface Step {
        void run() throws Exception;
    }

    /**
     * One that lasts.
     *
     * @param node the host that it is about; null when it is about none
     * @param fit whether that could still own the VIP, or even should
     */
    private record Fault(Kind kind, String target, @Nullable Host node, boolean fit, Step end) {

        @Override
        public String toString() {
            return kind + " " + target;
        }
    }

    RandomFaults(EnsembleCluster cluster, Visitors visitors, long seed) {
        this.cluster = cluster;
        this.visitors = visitors;
        this.random = new Random(seed);
    }

    /** Has so many befall it; then all is well again. */
    void run(int count) throws Exception {
        while (struck < count) {
            Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
            int choice = random.nextInt(1000);
            boolean waits = random.nextBoolean();
            int pause = random.nextInt(LONGEST_PAUSE_MILLIS);
            boolean ends = random.nextInt(3) > 0;
            if (active.size() == MOST_AT_A_TIME || !isPossible(kind)) {
                end();
                continue;
            }
            strike(kind, choice);
            settle(kind.name(), waits, pause);
            if (ends && !active.isEmpty()) {
                end();
            }
            assertThat(visitors.wrong()).isEmpty();
        }
        while (!active.isEmpty()) {
            end();
        }
        cluster.heal();
        cluster.requireNeverTwoOwners();
        long before = visitors.served();
        await("clients are served").atMost(BOUND).until(() -> visitors.served() > before + 100);
        assertThat(visitors.wrong()).isEmpty();
    }

    /** What would leave nobody to own the VIP, or nothing to compare with, has to wait. */
    private boolean isPossible(Kind kind) {
        boolean server = active.stream().anyMatch(fault -> isServers(fault.kind()));
        return switch (kind) {
            case SERVER_KILLED, SERVER_CUT_OFF -> !server;
            case MOST_SERVERS_KILLED, BACKEND_KILLED -> active.isEmpty();
            default ->
                active.stream()
                        .noneMatch(fault ->
                                fault.kind() == Kind.MOST_SERVERS_KILLED || fault.kind() == Kind.BACKEND_KILLED);
        };
    }

    private static boolean isServers(Kind kind) {
        return kind == Kind.SERVER_KILLED || kind == Kind.SERVER_CUT_OFF || kind == Kind.MOST_SERVERS_KILLED;
    }

    private void strike(Kind kind, int choice) throws Exception {
        struck++;
        counts.merge(kind.name(), 1, Integer::sum);
        int server = choice % EnsembleCluster.SIZE;
        Host zooKeeper = cluster.zooKeeperHosts().get(server);
        switch (kind) {
            case SERVER_KILLED -> {
                cluster.zooKeepers().get(server).kill();
                add(kind, zooKeeper.name(), () -> cluster.zooKeepers()
                        .get(server)
                        .restart());
            }
            case SERVER_CUT_OFF -> {
                cluster.cutFromEnsemble(zooKeeper);
                add(kind, zooKeeper.name(), () -> cluster.rejoinEnsemble(zooKeeper));
            }
            case MOST_SERVERS_KILLED -> {
                int other = (server + 1) % EnsembleCluster.SIZE;
                cluster.zooKeepers().get(server).kill();
                cluster.zooKeepers().get(other).kill();
                add(kind, "all but one", () -> {
                    cluster.zooKeepers().get(server).restart();
                    cluster.zooKeepers().get(other).restart();
                });
            }
            case BACKEND_KILLED -> {
                String id = "b" + (server + 1);
                visitors.away(id);
                cluster.killBackend(server);
                add(kind, id, () -> {
                    cluster.restartBackend(server);
                    visitors.back(id);
                });
            }
            default -> strikeNode(kind, target(choice), zooKeeper);
        }
    }

    /** More often than not the owner, but nobody to whom something has happened already. */
    private Host target(int choice) {
        List<Host> owners = cluster.owners();
        List<Host> hosts = new ArrayList<>(cluster.hosts());
        if (!owners.isEmpty() && choice % 5 < 3) {
            hosts.remove(owners.get(0));
            hosts.add(0, owners.get(0));
        }
        hosts.removeIf(host -> active.stream().anyMatch(fault -> host.equals(fault.node())));
        return choice % 5 < 3 ? hosts.get(0) : hosts.get(choice / 5 % hosts.size());
    }

    private void strikeNode(Kind kind, Host node, Host zooKeeper) throws Exception {
        Faults faults = cluster.lab().faults();
        switch (kind) {
            case NODE_KILLED -> {
                cluster.node(node).process().signal(OsProcess.Signal.KILL);
                add(kind, node, false, () -> cluster.start(node));
            }
            case NODE_STOPPED -> {
                cluster.stop(node);
                add(kind, node, false, () -> cluster.goOn(node));
            }
            case NODE_WITHOUT_ZOOKEEPER -> {
                cluster.zooKeeperHosts().forEach(server -> faults.cut(node, server));
                add(kind, node, false, () -> cluster.zooKeeperHosts().forEach(server -> faults.heal(node, server)));
            }
            case NODE_WITHOUT_ONE_SERVER -> {
                faults.cut(node, zooKeeper);
                add(kind, node, true, () -> faults.heal(node, zooKeeper));
            }
            case NODE_WITHOUT_OTHERS -> {
                cluster.others(node).forEach(other -> faults.cut(node, other));
                add(kind, node, true, () -> cluster.others(node).forEach(other -> faults.heal(node, other)));
            }
            case HOST_LOSES_PACKETS -> {
                faults.lose(node, 25);
                add(kind, node, true, () -> faults.heal(node));
            }
            case HOST_UNPLUGGED -> {
                node.unplug();
                add(kind, node, false, node::plug);
            }
            case HOST_SILENT -> {
                faults.cut(node);
                add(kind, node, false, () -> faults.heal(node));
            }
            case NODE_DRAINED -> {
                String outcome = operate("node", "drain", node.name(), "--timeout", "0s");
                add(kind, node, false, () -> awaitDone("node", "resume", node.name()));
                say(outcome);
            }
            case VIP_MOVED -> {
                say("move to " + node + operate("vip", "move", "web", "--to", node.name()));
            }
            default -> throw new IllegalArgumentException(kind.toString());
        }
    }

    /** At a node that is well; it may be refused, in such a state. */
    private String operate(String... arguments) throws Exception {
        Host at = cluster.hosts().stream()
                .filter(host -> active.stream().noneMatch(fault -> host.equals(fault.node())))
                .filter(cluster::isRunning)
                .findFirst()
                .orElseThrow();
        OsProcess process = cluster.lbctl(at, arguments);
        return process.awaitExit(BOUND) == 0 ? "" : ": " + process.output();
    }

    private void awaitDone(String... arguments) {
        await(String.join(" ", arguments)).atMost(BOUND).until(() -> operate(arguments)
                .isEmpty());
    }

    private void add(Kind kind, String target, Step end) {
        begin(new Fault(kind, target, null, true, end));
    }

    private void add(Kind kind, Host node, boolean fit, Step end) {
        begin(new Fault(kind, node.name(), node, fit, end));
    }

    private void begin(Fault fault) {
        active.add(fault);
        say(fault.toString());
    }

    private void end() throws Exception {
        if (active.isEmpty()) {
            return;
        }
        Fault fault = active.remove(random.nextInt(active.size()));
        fault.end().run();
        say("end of " + fault);
        settle("END_OF_" + fault.kind(), random.nextBoolean(), random.nextInt(LONGEST_PAUSE_MILLIS));
    }

    /** Waits until the VIP has an owner, where it can; or for a while. */
    private void settle(String after, boolean waits, int pauseMillis) throws InterruptedException {
        if (!waits) {
            TimeUnit.MILLISECONDS.sleep(pauseMillis);
            return;
        }
        if (active.stream().anyMatch(fault -> fault.kind() == Kind.MOST_SERVERS_KILLED)) {
            await("nobody owns the VIP").atMost(BOUND).until(() -> cluster.owners()
                    .isEmpty());
            return;
        }
        long before = System.nanoTime();
        await("the VIP has an owner in spite of " + active)
                .atMost(BOUND)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> isOwned(EnsembleCluster.VIP) && isOwned(EnsembleCluster.VIP6));
        long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
        slowest.merge(after, took, Math::max);
        if (took > 100) {
            say("the VIPs have owners after " + took + " ms: " + cluster.owners());
        }
    }

    private boolean isOwned(String vip) {
        Set<Host> unfit = new HashSet<>();
        active.stream().filter(fault -> !fault.fit()).forEach(fault -> unfit.add(fault.node()));
        List<Host> owners = cluster.addresses().having(vip);
        return owners.size() == 1 && !unfit.contains(owners.get(0));
    }

    private void say(String what) {
        System.out.printf(
                "%3d %7.2f s: %s%s%n",
                struck,
                (System.nanoTime() - begunNanos) / 1e9,
                what,
                active.size() > 1 ? ", at the same time as " + active.get(0) : "");
    }

    /** How often each happened, and how long at most there was no owner after it, in milliseconds. */
    String summary() {
        return struck + " faults " + counts + "; until the VIPs had owners, at most, in ms: " + slowest;
    }
}
