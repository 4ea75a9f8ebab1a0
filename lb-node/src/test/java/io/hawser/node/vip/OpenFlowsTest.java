package io.hawser.node.vip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hawser.net.IpAddress;
import io.hawser.vip.Flow;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Against this machine's kernel: it has many more connections, over other addresses. */
@EnabledOnOs(OS.LINUX)
final class OpenFlowsTest {

    private static final IpAddress LO = Objects.requireNonNull(IpAddress.tryParse("127.77.0.1"));
    private static final IpAddress CLIENT = Objects.requireNonNull(IpAddress.tryParse("127.77.0.2"));

    @Test
    void findsAndResetsThoseOfSocketsOfBothFamilies() throws IOException {
        try (OpenFlows open = new OpenFlows(Libc.load());
                ServerSocketChannel v4 = ServerSocketChannel.open(StandardProtocolFamily.INET);
                ServerSocketChannel both = ServerSocketChannel.open()) {
            v4.bind(new InetSocketAddress(LO.toInetAddress(), 0), 1000);
            both.bind(new InetSocketAddress(0), 1000);
            assertThat(open.over(LO)).as("nobody has connected").isEmpty();
            Set<Flow> expected = new HashSet<>();
            try (Connections connections = new Connections()) {
                for (int i = 0; i < 300; i++) {
                    expected.add(connections.open(port(v4)));
                    expected.add(connections.open(port(both)));
                }
                assertThat(open.over(LO)).isEqualTo(expected);
                Flow closed = connections.close(0);
                expected.remove(closed);
                v4.accept().close();
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> assertThat(open.over(LO)).isEqualTo(expected));
                assertThat(open.over(CLIENT)).as("the other ends").hasSize(expected.size());
                assertThat(open.reset(LO)).isEqualTo(expected.size());
                assertThat(open.over(LO)).isEmpty();
                assertThatThrownBy(() -> connections.read(1)).hasMessageContaining("reset");
                assertThat(connections.open(port(v4)))
                        .as("what listens goes on")
                        .isNotNull();
            }
        }
    }

    private static int port(ServerSocketChannel server) throws IOException {
        return ((InetSocketAddress) server.getLocalAddress()).getPort();
    }

    private static final class Connections implements AutoCloseable {

        private final List<SocketChannel> clients = new ArrayList<>();

        Flow open(int port) throws IOException {
            SocketChannel client = SocketChannel.open(StandardProtocolFamily.INET);
            clients.add(client);
            client.bind(new InetSocketAddress(CLIENT.toInetAddress(), 0));
            client.connect(new InetSocketAddress(LO.toInetAddress(), port));
            return flow(client);
        }

        private static Flow flow(SocketChannel client) throws IOException {
            InetSocketAddress local = (InetSocketAddress) client.getLocalAddress();
            InetSocketAddress remote = (InetSocketAddress) client.getRemoteAddress();
            return new Flow(CLIENT, local.getPort(), LO, remote.getPort());
        }

        Flow close(int index) throws IOException {
            Flow flow = flow(clients.get(index));
            clients.get(index).close();
            return flow;
        }

        int read(int index) throws IOException {
            return clients.get(index).read(ByteBuffer.allocate(1));
        }

        @Override
        public void close() throws IOException {
            for (SocketChannel client : clients) {
                client.close();
            }
        }
    }
}
