package io.hawser.node.coordination.zookeeper;

import java.io.IOException;
import java.util.Map;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;

/** A ZooKeeper server in this process, which can be stopped and come back with its port and data. */
public final class Servers implements AutoCloseable {

    /** Sessions may be as short as two of them. */
    private static final int TICK_MILLIS = 250;

    private final TestingServer server;

    private Servers(TestingServer server) {
        this.server = server;
    }

    /** One that runs. */
    public static Servers started() throws Exception {
        Servers servers = stopped();
        servers.server.start();
        return servers;
    }

    /** One that can be started by {@link #restart}. */
    public static Servers stopped() throws Exception {
        return new Servers(new TestingServer(
                new InstanceSpec(
                        null,
                        -1,
                        -1,
                        -1,
                        true,
                        -1,
                        TICK_MILLIS,
                        100,
                        Map.of("clientPortAddress", "127.0.0.1", "admin.enableServer", "false"),
                        "127.0.0.1"),
                false));
    }

    public int port() {
        return server.getPort();
    }

    public void stop() throws IOException {
        server.stop();
    }

    public void restart() throws Exception {
        server.restart();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
