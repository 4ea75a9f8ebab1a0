package io.hawser.node.connection;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;

/**
 * Looks for the oldest connections of one worker that somebody wants to see.
 *
 * <p>A worker may have a hundred thousand connections, and traffic must not wait while they are looked through: so the
 * search goes slice by slice, each a task of its own on the worker's loop, over the connections that were open when it
 * began.
 */
final class ConnectionSearch {

    /** Connections looked at, or described, without letting traffic through. */
    private static final int SLICE = 500;

    private static final Comparator<Connection> YOUNGEST_FIRST = Comparator.comparingLong(
                    (Connection connection) -> -connection.account().acceptedNanos())
            .thenComparingLong(connection -> -connection.account().number());

    private final Worker worker;
    private final OpenConnection.Filter filter;
    private final int limit;
    private final CompletableFuture<FoundConnections> done = new CompletableFuture<>();
    private final PriorityQueue<Connection> oldest = new PriorityQueue<>(YOUNGEST_FIRST);
    private final List<OpenConnection> described = new ArrayList<>();
    private List<Connection> connections = List.of();
    private int next;
    private long matching;

    /** @param limit the most to describe, at least 1 */
    ConnectionSearch(Worker worker, OpenConnection.Filter filter, int limit) {
        this.worker = worker;
        this.filter = filter;
        this.limit = limit;
    }

    /** Begins; completes on the worker's loop. */
    CompletableFuture<FoundConnections> start() {
        worker.loop().execute(() -> {
            connections = worker.connections();
            look();
        });
        return done;
    }

    private void look() {
        int end = Math.min(next + SLICE, connections.size());
        for (; next < end; next++) {
            Connection connection = connections.get(next);
            if (connection.matches(filter)) {
                matching++;
                oldest.add(connection);
                if (oldest.size() > limit) {
                    oldest.remove();
                }
            }
        }
        worker.loop().execute(next < connections.size() ? this::look : this::describe);
    }

    private void describe() {
        for (int i = 0; i < SLICE && !oldest.isEmpty(); i++) {
            described.add(oldest.remove().describe());
        }
        if (oldest.isEmpty()) {
            done.complete(new FoundConnections(described, matching));
        } else {
            worker.loop().execute(this::describe);
        }
    }
}
