package io.hawser.node.connection;

import io.hawser.node.stream.StreamLoop;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * One event loop and what its connections share: deadlines, randomness, and the list of them.
 *
 * <p>All but the constructor and {@link #start} is for the loop's own thread.
 */
final class Worker {

    private final String nodeId;
    private final StreamLoop streams;
    private final LongSupplier nanoTime;
    private final RandomGenerator random;
    private final Deadlines deadlines;
    private final List<Connection> connections = new ArrayList<>();
    private long nextConnection;

    Worker(int number, String nodeId, StreamLoop streams, LongSupplier nanoTime, RandomGenerator random) {
        this.nextConnection = (long) number << 48;
        this.nodeId = nodeId.length() > 64 ? nodeId.substring(0, 64) : nodeId;
        this.streams = streams;
        this.nanoTime = nanoTime;
        this.random = random;
        this.deadlines = new Deadlines(nanoTime.getAsLong());
    }

    /** Starts the ticks; they end with the loop. */
    void start() {
        tick();
    }

    private void tick() {
        try {
            deadlines.advance(nanoTime.getAsLong());
        } finally {
            // Not at a fixed rate: Netty would end that for good once a tick has thrown.
            if (!loop().isShuttingDown()) {
                var unused = loop().schedule(this::tick, Deadlines.TICK_NANOS, TimeUnit.NANOSECONDS);
            }
        }
    }

    EventLoop loop() {
        return streams.eventLoop();
    }

    Deadlines deadlines() {
        return deadlines;
    }

    RandomGenerator random() {
        return random;
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    /** Milliseconds of the affinity tables' clock. */
    long nowMillis() {
        return deadlines.nowNanos() / 1_000_000;
    }

    StreamLoop streams() {
        return streams;
    }

    /** A number that no other connection of this node has had. */
    long nextConnectionNumber() {
        return ++nextConnection;
    }

    /** What backends and people call a connection of this node, in the PROXY header. */
    String uniqueId(long connection) {
        return nodeId + '-' + Long.toHexString(connection);
    }

    void add(Connection connection) {
        connection.index = connections.size();
        connections.add(connection);
    }

    void remove(Connection connection) {
        Connection last = connections.remove(connections.size() - 1);
        if (last != connection) {
            connections.set(connection.index, last);
            last.index = connection.index;
        }
    }

    /** The open connections; a copy, since what is done to them may remove them. */
    List<Connection> connections() {
        return List.copyOf(connections);
    }
}
