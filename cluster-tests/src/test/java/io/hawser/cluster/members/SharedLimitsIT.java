package io.hawser.cluster.members;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hawser.cluster.harness.Cluster;
import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.JdkServer;
import io.hawser.cluster.harness.LbNode;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.harness.TlsClient;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a client has open on one node counts on the others, too. */
final class SharedLimitsIT {

    private static final int LIMIT = 10;
    private static final int AT_THE_FIRST = 7;

    @RegisterExtension
    final Testbed bed = new Testbed();

    @Test
    void aClientsLimitHoldsForAllNodesTogether() throws Exception {
        JdkServer echo = bed.plainServer("b1", (server, socket) -> {
            socket.getOutputStream().write('!');
            var unused = socket.getInputStream().read();
        });
        Cluster cluster = new Cluster(bed, 2, address -> configuration(address, echo)).startAll();
        TlsClient first = bed.client(cluster.node(1).address("tcp")).from("127.50.0.1");
        TlsClient second = first.to(cluster.node(2).address("tcp"));
        for (int i = 0; i < AT_THE_FIRST; i++) {
            assertThat(isServed(bed.closing(first.connectPlain()))).isTrue();
        }
        assertThat(isServed(bed.closing(second.from("127.50.0.2").connectPlain())))
                .as("another client")
                .isTrue();
        // What is told is up to a second old; a connection that is let in too early is closed again.
        await("the second node knows of the first one's")
                .atMost(Duration.ofMinutes(1))
                .until(() -> {
                    int room = 0;
                    try (Room opened = new Room(second)) {
                        room = opened.count();
                    }
                    return room == LIMIT - AT_THE_FIRST;
                });
        assertThat(refused(cluster.node(2))).isPositive();
        assertThat(refused(cluster.node(1))).isZero();
    }

    /** As many connections as a node lets a client have, up to the limit. */
    private static final class Room implements AutoCloseable {
        private final java.util.List<Socket> open = new java.util.ArrayList<>();

        Room(TlsClient client) throws IOException {
            for (int i = 0; i < LIMIT; i++) {
                Socket socket;
                try {
                    socket = client.connectPlain();
                } catch (SocketException e) {
                    continue;
                }
                if (isServed(socket)) {
                    open.add(socket);
                } else {
                    socket.close();
                }
            }
        }

        int count() {
            return open.size();
        }

        @Override
        public void close() throws IOException {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }

    private static boolean isServed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() == '!';
        } catch (SocketException e) {
            return false;
        }
    }

    private static double refused(LbNode node) {
        return node.metrics().sum("hawser_connection_errors_total", "reason", "client-limit");
    }

    private static Configuration configuration(String address, JdkServer backend) {
        Configuration configuration = new Configuration();
        configuration
                .listener("tcp")
                .bind(address + ":8440")
                .set("protocol", "tcp")
                .set("max-connections-per-client", LIMIT)
                .route("tcp");
        configuration.pool("tcp").withoutAffinity().backends(backend).health("check", "none");
        return configuration;
    }
}
