package io.hawser.cluster.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.JdkServer;
import io.hawser.cluster.harness.LbNode;
import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.harness.Place;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.harness.TlsClient;
import io.hawser.cluster.harness.ZooKeeper;
import io.hawser.cluster.lab.AddressObserver;
import io.hawser.cluster.lab.ArpObserver;
import io.hawser.cluster.lab.Host;
import io.hawser.cluster.lab.Lab;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Three nodes with a VIP of each family, three servers of a ZooKeeper ensemble, each on a host of its own, and three
 * backends. What is heard of the VIPs on the way is kept: {@link #requireNeverTwoOwners}.
 */
final class EnsembleCluster {

    static final String VIP = "198.51.100.100";
    static final String VIP6 = "2001:db8:100::100";
    static final int PORT = 8443;
    /** Where {@link Download#SERVICE} answers. */
    static final int BULK_PORT = 8444;

    static final int SIZE = 3;

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String CLIENT_PORT = ":2181";

    private final Testbed bed;
    private final Lab lab;
    private final Host client;
    private final Host web;
    private final List<Host> zooKeeperHosts = new ArrayList<>();
    private final List<ZooKeeper> zooKeepers;
    private final AddressObserver addresses;
    private final ArpObserver arp;
    private final Map<Host, LbNode> nodes = new LinkedHashMap<>();
    private final Set<Host> stopped = new HashSet<>();
    private final List<JdkServer> backends = new ArrayList<>();
    private final JdkServer bulk;

    EnsembleCluster(Testbed bed) throws Exception {
        this.bed = bed;
        this.lab = bed.closing(Lab.create());
        List<Host> hosts = new ArrayList<>();
        Map<String, Place> ensemble = new LinkedHashMap<>();
        for (int i = 1; i <= SIZE; i++) {
            hosts.add(lab.host("lb" + i));
        }
        for (int i = 1; i <= SIZE; i++) {
            Host host = lab.host("zk" + i);
            zooKeeperHosts.add(host);
            ensemble.put(host.address(), host);
        }
        this.client = lab.host("client");
        this.web = lab.host("web");
        this.addresses = bed.closing(lab.addresses());
        this.arp = bed.closing(lab.observer());
        this.zooKeepers = bed.zooKeepers(ensemble);
        this.bulk = web.call(() -> {
            for (int i = 1; i <= SIZE; i++) {
                backends.add(bed.jdkServer("b" + i, web.address()));
            }
            return bed.jdkServer("bulk", web.address(), Download.SERVICE);
        });
        for (Host host : hosts) {
            start(host);
        }
        awaitCandidates();
    }

    /** Starts the node of a host; when this returns it serves. */
    void start(Host host) throws IOException {
        start(host, ":");
    }

    /**
     * Likewise.
     *
     * @param before a command of the shell that is run before the node starts
     */
    void start(Host host, String before) throws IOException {
        Configuration configuration = new Configuration()
                .node("id", host.name())
                .node("address", host.address())
                .node("workers", 1)
                .node("drain-timeout", "5s")
                .cluster("name", "ensemble")
                .zookeeper("connect", ZooKeeper.connect(zooKeepers))
                .zookeeper("session-timeout", "3s")
                .vip(Map.of("id", "web", "address", VIP + "/32", "interface", "eth0"))
                .vip(Map.of("id", "web6", "address", VIP6 + "/128", "interface", "eth0"));
        configuration.listener("https").bind("0.0.0.0:" + PORT, "[::]:" + PORT).route("p");
        configuration
                .pool("p")
                .set("affinity", Map.of("by", List.of("tls-session", "client-ip")))
                .backends(backends.toArray(JdkServer[]::new));
        configuration
                .listener("bulk")
                .bind("0.0.0.0:" + BULK_PORT, "[::]:" + BULK_PORT)
                .route("bulk");
        // Its service takes any connection for a client's.
        configuration.pool("bulk").backends(bulk).health("check", "none");
        nodes.put(host, bed.node(host.name(), host, configuration, before));
        stopped.remove(host);
    }

    /** Waits until every node could own the VIPs, or does, and both have an owner. */
    void awaitCandidates() {
        await("the VIPs have owners and the other nodes stand by")
                .atMost(PATIENCE)
                .untilAsserted(() -> {
                    nodes.values().forEach(EnsembleCluster::requireAlive);
                    assertThat(candidates(0)).as("owner and standbys").hasSize(SIZE);
                    assertThat(candidates(1)).as("owner and standbys").hasSize(SIZE);
                    assertThat(addresses.having(VIP)).as("owners").hasSize(1);
                    assertThat(addresses.having(VIP6)).as("owners").hasSize(1);
                });
    }

    private static void requireAlive(LbNode node) {
        if (!node.process().isAlive()) {
            throw new IllegalStateException(node.process().evidence());
        }
    }

    private Set<String> candidates(int vip) {
        Set<String> all = new TreeSet<>();
        for (Map.Entry<Host, LbNode> node : nodes.entrySet()) {
            if (isRunning(node.getKey())) {
                JsonNode standing =
                        node.getValue().get("/api/v1/vips").path("vips").path(vip);
                all.add(standing.path("owner").asText("nobody"));
                standing.path("standby").forEach(one -> all.add(one.asText()));
                break;
            }
        }
        all.remove("nobody");
        return all;
    }

    /** Whether its node's process lives, and isn't stopped. */
    boolean isRunning(Host host) {
        return node(host).process().isAlive() && !stopped.contains(host);
    }

    void stop(Host host) {
        node(host).process().signal(OsProcess.Signal.STOP);
        stopped.add(host);
    }

    void goOn(Host host) {
        node(host).process().signal(OsProcess.Signal.CONT);
        stopped.remove(host);
    }

    /** Ends every fault: all links are whole, every process runs; and waits until all is well. */
    void heal() throws IOException {
        lab.faults().heal();
        for (ZooKeeper server : zooKeepers) {
            if (!server.process().isAlive()) {
                server.restart();
            }
        }
        for (Host host : hosts()) {
            goOn(host);
            if (!node(host).process().isAlive()) {
                start(host);
            }
        }
        awaitCandidates();
    }

    /** The hosts whose link has the VIP. */
    List<Host> owners() {
        return addresses.having(VIP);
    }

    Host owner() {
        List<Host> owners = owners();
        assertThat(owners).hasSize(1);
        return owners.get(0);
    }

    List<Host> others(Host host) {
        return hosts().stream().filter(other -> !other.equals(host)).toList();
    }

    List<Host> hosts() {
        return List.copyOf(nodes.keySet());
    }

    LbNode node(Host host) {
        return Objects.requireNonNull(nodes.get(host), host.name());
    }

    Lab lab() {
        return lab;
    }

    Host client() {
        return client;
    }

    Host web() {
        return web;
    }

    AddressObserver addresses() {
        return addresses;
    }

    List<ZooKeeper> zooKeepers() {
        return zooKeepers;
    }

    List<Host> zooKeeperHosts() {
        return zooKeeperHosts;
    }

    /** The host of the ensemble's leader. */
    Host leader() {
        return server("leader");
    }

    /** The host of one that follows. */
    Host follower() {
        return server("follower");
    }

    private Host server(String role) {
        List<Host> found = new ArrayList<>();
        await("a ZooKeeper server is the " + role).atMost(PATIENCE).until(() -> {
            for (int i = 0; found.isEmpty() && i < zooKeepers.size(); i++) {
                if (zooKeepers.get(i).role().equals(role)) {
                    found.add(zooKeeperHosts.get(i));
                }
            }
            return !found.isEmpty();
        });
        return found.get(0);
    }

    /** Cuts a ZooKeeper server's host off from the other servers. */
    void cutFromEnsemble(Host server) {
        zooKeeperHosts.stream().filter(other -> !other.equals(server)).forEach(other -> lab.faults()
                .cut(server, other));
    }

    /** Ends that. */
    void rejoinEnsemble(Host server) {
        zooKeeperHosts.stream().filter(other -> !other.equals(server)).forEach(other -> lab.faults()
                .heal(server, other));
    }

    /** Has the VIP moved to a node that is connected to that ZooKeeper server. */
    Host ownerConnectedTo(Host server) throws IOException {
        Host node = owner();
        if (!isConnected(node, server)) {
            for (Host other : zooKeeperHosts) {
                if (!other.equals(server)) {
                    lab.faults().cut(node, other);
                }
            }
            await(node + " is connected to " + server).atMost(PATIENCE).until(() -> isConnected(node, server));
            lab.faults().heal();
            awaitCandidates();
            move(node);
        }
        assertThat(isConnected(node, server)).isTrue();
        return node;
    }

    private static boolean isConnected(Host node, Host server) {
        // Java's sockets are of IPv6, for either family.
        return node.run("ss", "-tnH", "state", "established")
                .replace("[::ffff:", "")
                .replace("]", "")
                .contains(" " + server.address() + CLIENT_PORT + " ");
    }

    /** Has the VIP of IPv4 moved. */
    void move(Host to) throws IOException {
        OsProcess moved = lbctl(to, "vip", "move", "web", "--to", to.name());
        assertThat(moved.awaitExit(PATIENCE)).as("%s", moved.output()).isZero();
        await(to + " has the VIP").atMost(PATIENCE).until(() -> owners().equals(List.of(to)));
        // So that it doesn't return there by itself later on.
        OsProcess freed = lbctl(to, "vip", "move", "web", "--anywhere");
        assertThat(freed.awaitExit(PATIENCE)).as("%s", freed.output()).isZero();
    }

    OsProcess lbctl(Host host, String... arguments) throws IOException {
        return bed.lbctl(node(host), arguments);
    }

    /** A client at the VIP of IPv4. */
    TlsClient tls() throws Exception {
        return bed.client(new InetSocketAddress(VIP, PORT)).from(client.address());
    }

    /** Closes a backend, and whatever connections it has. */
    void killBackend(int number) throws IOException {
        backends.get(number).close();
    }

    void restartBackend(int number) throws Exception {
        backends.set(number, web.call(() -> bed.restart(backends.get(number))));
    }

    /**
     * Makes sure that no two hosts ever had a VIP at once: by what their kernels said, and, on the switch, by who answered
     * for it.
     */
    void requireNeverTwoOwners() {
        for (String vip : List.of(VIP, VIP6)) {
            Set<Host> having = new HashSet<>();
            List<AddressObserver.Change> changes = addresses.changes(vip);
            for (AddressObserver.Change change : changes) {
                var unused = change.has() ? having.add(change.host()) : having.remove(change.host());
                assertThat(having).as("have %s at once, by %s", vip, changes).hasSizeLessThanOrEqualTo(1);
            }
        }
        List<String> answering =
                turns(arp.sayings(VIP).stream().map(ArpObserver.Saying::mac).toList());
        await("who answered for the VIP had it").atMost(PATIENCE).untilAsserted(() -> {
            List<String> having = turns(addresses.changes(VIP).stream()
                    .filter(AddressObserver.Change::has)
                    .map(change -> change.host().mac())
                    .toList());
            assertThat(isWithin(answering, having))
                    .as("those who answered on the switch, %s, are those who had it, %s", answering, having)
                    .isTrue();
        });
    }

    private static List<String> turns(List<String> all) {
        List<String> turns = new ArrayList<>();
        for (String one : all) {
            if (turns.isEmpty() || !turns.get(turns.size() - 1).equals(one)) {
                turns.add(one);
            }
        }
        return turns;
    }

    /** Whether all of the one are in the other, in that order. */
    private static boolean isWithin(List<String> some, List<String> all) {
        Iterator<String> left = all.iterator();
        for (String one : some) {
            boolean found = false;
            while (!found && left.hasNext()) {
                found = left.next().equals(one);
            }
            if (!found) {
                return false;
            }
        }
        return true;
    }
}
