package io.hawser.node.demo;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The configuration files of the nodes: a user's own would look like them. */
final class NodeFile {

    static final String VIP = "web";
    static final String POOL = "web";

    private final DemoNetwork network;
    private final int nodes;
    private final int backends;
    private final boolean affinity;

    NodeFile(DemoNetwork network, int nodes, int backends, boolean affinity) {
        this.network = network;
        this.nodes = nodes;
        this.backends = backends;
        this.affinity = affinity;
    }

    static String node(int number) {
        return "lb" + number;
    }

    static String backend(int number) {
        return "b" + number;
    }

    /** The file of one node, by its number from 1 on. */
    String of(int number) {
        // A balancer that ties nobody to anything by itself: what is kept, affinity has kept.
        return """
                node: { id: %s, address: %s, workers: 1, drain-timeout: 1s }
                zookeeper: { connect: "%s/hawser", session-timeout: 3s }
                cluster: { name: demo }
                vips:
                  - { id: %s, address: %s, driver: bind, prefer: [ %s ] }
                admin: { bind: "%s" }
                listeners:
                  - { id: https, bind: [ "%s" ], routes: [ { pool: %s } ] }
                pools:
                  - id: %s
                    balance: round-robin
                    affinity: { by: %s }
                    backends:
                %s
                    health: { check: tls, interval: 2s, timeout: 2s }
                """
                .formatted(
                        node(number),
                        network.node(number).getHostAddress(),
                        DemoNetwork.text(network.zooKeeper()),
                        VIP,
                        network.vip().getAddress().getHostAddress(),
                        IntStream.rangeClosed(1, nodes).mapToObj(NodeFile::node).collect(Collectors.joining(", ")),
                        DemoNetwork.text(network.admin(number)),
                        DemoNetwork.text(network.vip()),
                        POOL,
                        POOL,
                        affinity ? "[ tls-session, client-ip ]" : "[]",
                        IntStream.rangeClosed(1, backends)
                                .mapToObj(i -> "      - { id: " + backend(i) + ", address: \""
                                        + DemoNetwork.text(network.backend(i)) + "\" }")
                                .collect(Collectors.joining("\n")));
    }
}
