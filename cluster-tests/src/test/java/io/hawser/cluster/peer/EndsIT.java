package io.hawser.cluster.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.Digester;
import io.hawser.cluster.harness.JdkServer;
import io.hawser.cluster.harness.LbNode;
import io.hawser.cluster.harness.NumberedBytes;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.harness.TlsClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How connections end: each direction by itself, and a reset as a reset. */
@Timeout(60)
final class EndsIT {

    private static final int LENGTH = 5_000_000;

    @RegisterExtension
    static final Testbed bed = new Testbed();

    private static final BlockingQueue<Socket> held = new LinkedBlockingQueue<>();
    private static final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    private static LbNode node;

    @BeforeAll
    static void start() throws IOException, GeneralSecurityException {
        Configuration configuration = new Configuration();
        plain(configuration, bed.plainServer("digest", Digester.fast()));
        plain(configuration, bed.plainServer("ends-first", EndsIT::endFirst));
        plain(configuration, bed.plainServer("held", EndsIT::hold));
        JdkServer secure = bed.jdkServer("secure", "127.0.0.1", Digester.fast());
        configuration.listener("secure").route("secure");
        configuration.pool("secure").backends(secure).health("check", "none");
        node = bed.node(configuration);
    }

    private static void plain(Configuration configuration, JdkServer server) {
        configuration.listener(server.id()).set("protocol", "tcp").route(server.id());
        configuration.pool(server.id()).backends(server).health("check", "none");
    }

    /** Says something, ends its direction, and then still reads what the client sends. */
    private static void endFirst(JdkServer server, Socket socket) throws IOException {
        socket.getOutputStream().write("that is all".getBytes(StandardCharsets.US_ASCII));
        socket.shutdownOutput();
        received.add(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
    }

    /** Hands the connection to the test, and keeps it until it is closed. */
    private static void hold(JdkServer server, Socket socket) throws IOException {
        socket.getOutputStream().write('!');
        held.add(socket);
        Awaitility.await().forever().until(socket::isClosed);
    }

    @AfterAll
    static void nothingWentWrongInside() {
        assertThat(node.complaints()).isEmpty();
        Awaitility.await().until(() -> node.metrics().sum("hawser_listener_connections_active") == 0);
        assertThat(node.metrics().sum("hawser_connection_errors_total")).isZero();
    }

    @Test
    void aClientThatHasSentAllStillGetsItsAnswer() throws Exception {
        try (Socket socket = connect("digest")) {
            String digest = new NumberedBytes().writeTo(socket.getOutputStream(), LENGTH);
            socket.shutdownOutput();

            assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo(digest);
        }
    }

    @Test
    void aTlsClientThatHasSentAllStillGetsItsAnswer() throws Exception {
        try (TlsClient.Connection connection =
                bed.client(node.address("secure")).connect()) {
            String digest = new NumberedBytes().writeTo(connection.socket().getOutputStream(), LENGTH);
            connection.socket().shutdownOutput();

            assertThat(connection.socket().getInputStream().readAllBytes())
                    .asString()
                    .isEqualTo(digest);
        }
    }

    @Test
    void aBackendThatHasSentAllStillGetsTheRest() throws Exception {
        try (Socket socket = connect("ends-first")) {
            assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("that is all");
            socket.getOutputStream().write("not for me".getBytes(StandardCharsets.US_ASCII));
        }

        assertThat(received.poll(20, TimeUnit.SECONDS)).isEqualTo("not for me");
    }

    @Test
    void aResetOfTheClientReachesTheBackendAsOne() throws Exception {
        Socket atBackend;
        try (Socket client = connect("held")) {
            assertThat(client.getInputStream().read()).isEqualTo('!');
            atBackend = held.take();
            client.setSoLinger(true, 0);
        }

        assertThatThrownBy(() -> atBackend.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
        atBackend.close();
    }

    @Test
    void aResetOfTheBackendReachesTheClientAsOne() throws Exception {
        try (Socket client = connect("held")) {
            assertThat(client.getInputStream().read()).isEqualTo('!');
            CompletableFuture<Void> reset = CompletableFuture.runAsync(() -> {
                try {
                    Socket atBackend = held.take();
                    atBackend.setSoLinger(true, 0);
                    atBackend.close();
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });

            assertThatThrownBy(() -> client.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
            reset.join();
        }
    }

    private static Socket connect(String listener) throws IOException {
        InetSocketAddress address = node.address(listener);
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }
}
