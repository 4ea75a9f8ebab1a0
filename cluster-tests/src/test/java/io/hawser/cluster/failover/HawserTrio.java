package io.hawser.cluster.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.harness.OsProcess.Signal;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.harness.TlsClient;
import io.hawser.cluster.lab.ArpAsker;
import io.hawser.cluster.lab.Host;
import io.hawser.cluster.lab.Lab;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Three Hawser nodes, with the times of a ZooKeeper session of three seconds. */
final class HawserTrio implements Contestant {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final VipCluster cluster;
    private final Set<Host> ending = new HashSet<>();

    HawserTrio(Testbed bed, VipCluster cluster) throws Exception {
        this.cluster = cluster;
        var unused = bed.closing(ArpAsker.on(cluster.lab().host("asker"), VIP, ASK_EVERY));
    }

    @Override
    public String id() {
        return "hawser";
    }

    @Override
    public Lab lab() {
        return cluster.lab();
    }

    @Override
    public Host client() {
        return cluster.client();
    }

    @Override
    public TlsClient tls() throws Exception {
        return cluster.tls();
    }

    @Override
    public List<Host> owners() {
        return cluster.owners();
    }

    @Override
    public Optional<Fault> fault(Mishap mishap) {
        return switch (mishap) {
            case PROXY_KILLED -> Optional.of(owner -> process(owner).signal(Signal.KILL));
            case ALL_KILLED -> Optional.of(this::killWithGuard);
            case HOST_SILENT -> Optional.of(owner -> lab().faults().cut(owner));
            case PROXY_STOPPED -> Optional.of(owner -> process(owner).signal(Signal.STOP));
            case PEERS_CUT -> Optional.of(this::cutFromPeers);
            case STORE_CUT -> Optional.of(owner -> lab().faults().cut(owner, cluster.zooKeeperHost()));
            case MOVED -> Optional.of(this::move);
            case DRAINED -> Optional.of(this::drain);
            case TERMINATED -> Optional.of(this::terminate);
            // One process is both.
            case KEEPER_KILLED, KEEPER_STOPPED -> Optional.empty();
        };
    }

    private OsProcess process(Host host) {
        return cluster.node(host).process();
    }

    private void terminate(Host owner) {
        ending.add(owner);
        process(owner).signal(Signal.TERM);
    }

    private void killWithGuard(Host owner) {
        long node = process(owner).pid();
        LongStream children = ProcessHandle.of(node).orElseThrow().children().mapToLong(ProcessHandle::pid);
        String pids = LongStream.concat(children, LongStream.of(node))
                .mapToObj(Long::toString)
                .collect(Collectors.joining(" "));
        var unused = owner.run("sh", "-c", "kill -s KILL " + pids);
    }

    private void cutFromPeers(Host owner) {
        cluster.hosts().stream().filter(host -> !host.equals(owner)).forEach(host -> lab().faults()
                .cut(owner, host));
    }

    private void move(Host owner) throws Exception {
        OsProcess moved = cluster.lbctl(
                owner, "vip", "move", "web", "--to", cluster.another().name());
        assertThat(moved.awaitExit(PATIENCE)).as("%s", moved.output()).isZero();
    }

    private void drain(Host owner) throws Exception {
        OsProcess drained = cluster.lbctl(owner, "node", "drain", "--timeout", "0s");
        assertThat(drained.awaitExit(PATIENCE)).as("%s", drained.output()).isZero();
        OsProcess resumed = cluster.lbctl(owner, "node", "resume");
        assertThat(resumed.awaitExit(PATIENCE)).as("%s", resumed.output()).isZero();
    }

    @Override
    public void mend() throws Exception {
        lab().faults().heal();
        for (Host host : cluster.hosts()) {
            process(host).signal(Signal.CONT);
            if (ending.remove(host)) {
                assertThat(process(host).awaitExit(PATIENCE)).isZero();
            }
            if (!process(host).isAlive()) {
                var unused = cluster.start(host);
            }
        }
    }

    @Override
    public boolean isWhole() {
        return cluster.owners().size() == 1
                && cluster.candidates().size() == cluster.hosts().size();
    }
}
