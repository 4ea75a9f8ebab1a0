package io.hawser.node.admin;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
     * @param sharing how well what it knows has reached the others; null when it shares nothing, or has not told yet
     */
    public record NodeEntry(
            String node,
            boolean self,
            String address,
            int clusterPort,
            String admin,
            String version,
            Instant started,
            @Nullable Sharing sharing) {}

    /**
     * How well what a node knows has reached the others.
     *
     * @param changesWaiting changes that are not on their way yet
     * @param lagSeconds how long ago the oldest change was made that not every other node has taken in
     * @param backupsInSync whether all that it holds for others lies on another node as well
     * @param safeToStop whether nothing is lost when it stops now
     * @param unsafe what would be lost, one sentence each
     */
    public record Sharing(
            int changesWaiting, double lagSeconds, boolean backupsInSync, boolean safeToStop, List<String> unsafe) {

        public Sharing {
            unsafe = List.copyOf(unsafe);
        }
    }
}
