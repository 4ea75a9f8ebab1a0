package io.hawser.node.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;

/** A ZooKeeper server in this process. One server is enough to see what nodes do; who runs it for real has three. */
final class EmbeddedZooKeeper implements AutoCloseable {

    /** A session lives for 2 to 20 ticks. */
    private static final int TICK_MILLIS = 250;

    private static final int MAX_CLIENTS = 100;

    private final ServerCnxnFactory connections;

    private EmbeddedZooKeeper(ServerCnxnFactory connections) {
        this.connections = connections;
    }

    /**
     * Starts it; when this returns it serves.
     *
     * @param directory for its data
     */
    static EmbeddedZooKeeper start(InetSocketAddress address, Path directory) throws IOException, InterruptedException {
        // Nothing has to outlive the machine: a slow disk must not slow the demonstration down.
        System.setProperty("zookeeper.forceSync", "no");
        ZooKeeperServer server = new ZooKeeperServer(directory.toFile(), directory.toFile(), TICK_MILLIS);
        ServerCnxnFactory connections = ServerCnxnFactory.createFactory(address, MAX_CLIENTS);
        connections.startup(server);
        return new EmbeddedZooKeeper(connections);
    }

    @Override
    public void close() {
        connections.shutdown();
    }
}
