package io.hawser.node.admin;

import java.time.Instant;
import java.util.List;

/**
 * The nodes that act as one, as one of them sees them.
 *
 * @param coordination how they agree: {@code zookeeper}, or {@code standalone} for a node that has nobody to agree with
 * @param connected whether what is said here is up to date, and changes can be made
 * @param problems what is wrong with the coordination, one sentence each
 * @param nodes those that are there, by id
 */
public record ClusterStatus(String coordination, boolean connected, List<String> problems, List<NodeEntry> nodes) {

    public ClusterStatus {
        problems = List.copyOf(problems);
        nodes = List.copyOf(nodes);
    }

    /**
     * One node.
     *
     * @param node its id
     * @param self whether it is the one that was asked
     * @param address at which other machines reach it
     * @param clusterPort at which the members of its cluster reach it; 0 when it is in none
     * @param admin the URL of its admin server
     * @param version of its build
     * @param started when it began to serve
     */
    public record NodeEntry(
            String node,
            boolean self,
            String address,
            int clusterPort,
            String admin,
            String version,
            Instant started) {}
}
