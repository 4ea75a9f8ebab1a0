package io.hawser.cluster.failover;

import io.hawser.cluster.harness.TlsClient;
import io.hawser.cluster.lab.Host;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Connections that a client has open, as browsers do, to use them again later. */
final class OpenConnections implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 10_000;

    private final List<TlsClient.Connection> connections;

    private OpenConnections(List<TlsClient.Connection> connections) {
        this.connections = connections;
    }

    /** Opens some; each is asked something over. */
    static OpenConnections open(Host host, TlsClient client, int count) throws Exception {
        return host.call(() -> {
            List<TlsClient.Connection> opened = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                TlsClient.Connection connection = client.connect();
                connection.socket().setSoTimeout(PATIENCE_MILLIS);
                use(connection);
                opened.add(connection);
            }
            return new OpenConnections(opened);
        });
    }

    private static void use(TlsClient.Connection connection) throws IOException {
        connection.send("/");
        var unused = connection.receiveBody();
    }

    int count() {
        return connections.size();
    }

    /** Asks over each of them once more; how many give no answer. */
    int broken() {
        int broken = 0;
        for (TlsClient.Connection connection : connections) {
            try {
                use(connection);
            } catch (IOException e) {
                broken++;
            }
        }
        return broken;
    }

    @Override
    public void close() throws IOException {
        for (TlsClient.Connection connection : connections) {
            connection.close();
        }
    }
}
