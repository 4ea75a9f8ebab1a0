package io.hawser.node.admin;

import java.time.Instant;
import java.util.List;

/**
 * The node as a whole.
 *
 * @param node its id
 * @param version of the build
 * @param revision of the build
 * @param phase where its life stands
 * @param started when the process started to serve
 * @param uptimeSeconds since then
 * @param java version of the Java that runs it
 * @param transport what carries the sockets: {@code epoll}, {@code io_uring} or {@code nio}
 * @param eventLoops how many event loops carry traffic
 * @param configuration the configuration in force
 * @param connections client connections
 * @param bytesIn relayed from clients to backends, since the start
 * @param bytesOut relayed from backends to clients, since the start
 */
public record NodeStatus(
        String node,
        String version,
        String revision,
        Phase phase,
        Instant started,
        long uptimeSeconds,
        String java,
        String transport,
        int eventLoops,
        Configuration configuration,
        Connections connections,
        long bytesIn,
        long bytesOut) {

    /** Where a node's life stands. */
    public enum Phase {
        STARTING,
        SERVING,
        /** Takes no new connections and lets the open ones end. */
        DRAINING
    }

    /**
     * The configuration in force.
     *
     * @param file where it was read from
     * @param loaded when it was taken in
     * @param lastReloadFailed whether a later reload was refused, so that the file is not what is in force
     * @param waitsForRestart what a reload found changed and could not put in force, one line each
     */
    public record Configuration(String file, Instant loaded, boolean lastReloadFailed, List<String> waitsForRestart) {

        public Configuration {
            waitsForRestart = List.copyOf(waitsForRestart);
        }
    }

    /**
     * Client connections.
     *
     * @param active open now
     * @param accepted since the start
     * @param errors ended in error since the start, refused ones included
     */
    public record Connections(long active, long accepted, long errors) {}
}
