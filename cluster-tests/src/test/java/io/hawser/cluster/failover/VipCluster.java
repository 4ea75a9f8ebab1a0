package io.hawser.cluster.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.hawser.cluster.harness.Backend;
import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.LbNode;
import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.harness.TlsClient;
import io.hawser.cluster.harness.ZooKeeper;
import io.hawser.cluster.lab.ArpObserver;
import io.hawser.cluster.lab.Host;
import io.hawser.cluster.lab.Lab;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** Three nodes on hosts of their own, with one VIP between them; ZooKeeper, backends and a client each on another host. */
public final class VipCluster {

    /** The address that they share. */
    public static final String VIP = "198.51.100.100";
    /** Where they listen. */
    public static final int PORT = 8443;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Testbed bed;
    private final Lab lab;
    private final Host client;
    private final Host backends;
    private final Host zooKeeperHost;
    private final ZooKeeper zooKeeper;
    private final ArpObserver observer;
    private final Map<Host, LbNode> nodes = new LinkedHashMap<>();
    private final Behind behind;

    /** What is behind the nodes. */
    public interface Behind {

        /** Starts the backends, on that host. */
        void start(Testbed bed, Host host, Host client) throws Exception;

        /** Adds listeners and pools to a node's configuration. */
        void configure(Configuration configuration);
    }

    private static final class OneServer implements Behind {
        private final List<Backend> servers = new ArrayList<>();

        @Override
        public void start(Testbed bed, Host host, Host client) throws Exception {
            servers.add(host.call(() -> bed.jdkServer("b1", host.address())));
        }

        @Override
        public void configure(Configuration configuration) {
            configuration.listener("https").bind("0.0.0.0:" + PORT).route("p");
            configuration.pool("p").backends(servers.toArray(Backend[]::new));
        }
    }

    VipCluster(Testbed bed, int size) throws Exception {
        this(bed, size, new OneServer());
    }

    /** When this returns, all nodes serve. */
    public VipCluster(Testbed bed, int size, Behind behind) throws Exception {
        this.bed = bed;
        this.behind = behind;
        this.lab = bed.closing(Lab.create());
        List<Host> hosts = new ArrayList<>();
        for (int i = 1; i <= size; i++) {
            hosts.add(lab.host("lb" + i));
        }
        this.client = lab.host("client");
        this.backends = lab.host("web");
        this.zooKeeperHost = lab.host("zk");
        this.observer = bed.closing(lab.observer());
        this.zooKeeper = bed.zooKeeper(zooKeeperHost, zooKeeperHost.address());
        behind.start(bed, backends, client);
        for (Host host : hosts) {
            start(host);
        }
        awaitCandidates(size);
    }

    /** Starts the node of a host; when this returns it serves. */
    public LbNode start(Host host) throws IOException {
        Configuration configuration = new Configuration()
                .node("id", host.name())
                .node("address", host.address())
                .node("workers", 1)
                .node("drain-timeout", "5s")
                .cluster("name", "failover")
                .zookeeper("connect", zooKeeper.connect())
                .zookeeper("session-timeout", "3s")
                .vip(Map.of("id", "web", "address", VIP + "/32", "interface", "eth0"));
        behind.configure(configuration);
        LbNode node = bed.node(host.name(), host, configuration, ":");
        nodes.put(host, node);
        return node;
    }

    /** Waits until so many nodes could own the VIP, or do. */
    public void awaitCandidates(int count) {
        await("the VIP has an owner and " + (count - 1) + " others stand by")
                .atMost(PATIENCE)
                .until(() -> isWhole(count));
    }

    /** Whether so many nodes have the VIP or could take it over, and one has it. */
    public boolean isWhole(int count) {
        return candidates().size() == count && owners().size() == 1;
    }

    /** The nodes that have the VIP or could take it over. */
    Set<String> candidates() {
        Set<String> all = new TreeSet<>();
        for (LbNode node : nodes.values()) {
            if (node.process().isAlive()) {
                JsonNode vip = node.get("/api/v1/vips").path("vips").path(0);
                all.add(vip.path("owner").asText("nobody"));
                vip.path("standby").forEach(one -> all.add(one.asText()));
                break;
            }
        }
        all.remove("nobody");
        return all;
    }

    /** The hosts whose kernel has the VIP on the link. */
    public List<Host> owners() {
        return nodes.keySet().stream()
                .filter(host ->
                        !host.ip("-o", "addr", "show", "dev", "eth0", "to", VIP).isBlank())
                .toList();
    }

    public Host owner() {
        List<Host> owners = owners();
        assertThat(owners).hasSize(1);
        return owners.get(0);
    }

    public Host another() {
        Host owner = owner();
        return nodes.keySet().stream()
                .filter(host -> !host.equals(owner))
                .findFirst()
                .orElseThrow();
    }

    public LbNode node(Host host) {
        return Objects.requireNonNull(nodes.get(host), host.name());
    }

    public Lab lab() {
        return lab;
    }

    public Host client() {
        return client;
    }

    public Host zooKeeperHost() {
        return zooKeeperHost;
    }

    public ZooKeeper zooKeeper() {
        return zooKeeper;
    }

    public List<Host> hosts() {
        return List.copyOf(nodes.keySet());
    }

    public TlsClient tls() throws Exception {
        return bed.client(new InetSocketAddress(VIP, PORT)).from(client.address());
    }

    public OsProcess lbctl(Host host, String... arguments) throws IOException {
        return bed.lbctl(node(host), arguments);
    }

    /** What hosts said on the switch. */
    ArpObserver observer() {
        return observer;
    }

    /**
     * Makes sure that no two hosts answered one question for the VIP, and that no two kernels have it now. Hosts answer when
     * they are asked: the more often, the more this says.
     */
    public void requireOneOwnerAtATime() {
        assertThat(observer.contradictions(VIP))
                .as("two hosts answered one question for the VIP")
                .isEmpty();
        assertThat(owners()).as("owners").hasSizeLessThanOrEqualTo(1);
    }
}
