package io.hawser.cluster.harness;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/**
 * Several nodes of one configuration that are one cluster. Each has a loopback address of its own for the others, chosen
 * by chance, so that clusters of tests that run at the same time don't meet.
 */
public final class Cluster {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final int PORT = 5701;

    private final Testbed bed;
    private final Function<String, Configuration> common;
    private final String network;
    private final int size;
    private final List<LbNode> nodes = new ArrayList<>();

    /**
     * A cluster whose nodes are still to be started.
     *
     * @param size how many nodes it may have at most
     * @param common makes a node's configuration, given an address that it has for itself, all ports of it free; the
     *     node's id, address and members are added
     */
    public Cluster(Testbed bed, int size, Function<String, Configuration> common) {
        this.bed = bed;
        this.size = size;
        this.common = common;
        ThreadLocalRandom random = ThreadLocalRandom.current();
        this.network = "127." + random.nextInt(64, 250) + "." + random.nextInt(1, 250) + ".";
    }

    /** Starts one more node; when this returns it serves. */
    public LbNode start(String... javaOptions) throws IOException {
        int number = nodes.size() + 1;
        LbNode node = bed.node("lb" + number, configuration(number), ":", javaOptions);
        nodes.add(node);
        return node;
    }

    /** Starts a node again that has ended, as the same one; when this returns it serves. */
    public LbNode restart(int number, String... javaOptions) throws IOException {
        LbNode node = bed.node("lb" + number, configuration(number), ":", javaOptions);
        nodes.set(number - 1, node);
        return node;
    }

    private Configuration configuration(int number) {
        List<String> members = new ArrayList<>();
        for (int i = 1; i <= size; i++) {
            members.add(network + i + ":" + PORT);
        }
        return common.apply(network + number)
                .node("id", "lb" + number)
                .node("address", network + number)
                .cluster("name", network)
                .cluster("port", PORT)
                .cluster("join", members);
    }

    /** Starts as many nodes as there may be, one after the other, and waits until all see all. */
    public Cluster startAll(String... javaOptions) throws IOException {
        while (nodes.size() < size) {
            start(javaOptions);
        }
        awaitMembers(size, nodes);
        return this;
    }

    /** Waits until each of these nodes sees that many. */
    public static void awaitMembers(int count, List<LbNode> nodes) {
        for (LbNode node : nodes) {
            await(node.process().name() + " sees " + count + " nodes")
                    .atMost(TIMEOUT)
                    .until(() -> node.metrics().sum("hawser_cluster_members") == count);
        }
    }

    public List<LbNode> nodes() {
        return List.copyOf(nodes);
    }

    /** A node by its number, from 1 on. */
    public LbNode node(int number) {
        return nodes.get(number - 1);
    }
}
