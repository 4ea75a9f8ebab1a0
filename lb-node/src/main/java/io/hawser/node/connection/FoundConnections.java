package io.hawser.node.connection;

import java.util.List;

/**
 * What one event loop found of the connections that somebody wants to see.
 *
 * @param oldest the oldest of them, in no order
 * @param matching how many there are in all
 */
public record FoundConnections(List<OpenConnection> oldest, long matching) {

    public FoundConnections {
        oldest = List.copyOf(oldest);
    }
}
