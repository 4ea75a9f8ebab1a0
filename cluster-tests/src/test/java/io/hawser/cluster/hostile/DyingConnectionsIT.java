package io.hawser.cluster.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.cluster.harness.CapturedHellos;
import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.JdkServer;
import io.hawser.cluster.harness.SilentListener;
import io.hawser.cluster.harness.Testbed;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connections die at every stage of their life and in every manner, on either side; each ends, and nothing else does. */
final class DyingConnectionsIT {

    /** Of each stage and manner. */
    private static final int CONNECTIONS = 50;

    @RegisterExtension
    final Testbed bed = new Testbed();

    private final BlockingQueue<Socket> atBackend = new LinkedBlockingQueue<>();

    /** How far a connection gets before its client dies. */
    private enum Stage {
        BEFORE_THE_HELLO,
        WITHIN_THE_HELLO,
        WHILE_CONNECTING,
        WHILE_RELAYING
    }

    /** How a peer dies. */
    private enum Manner {
        FINISH,
        RESET,
        SILENCE
    }

    @Test
    @Timeout(120)
    void everyStageAndEveryManner() throws Exception {
        byte[] hello = CapturedHellos.all().get(0);
        Configuration configuration = new Configuration();
        Fortress.attacked(configuration, "relays", bed.plainServer("b1", this::holdUntilTheClientEnds));
        // No backend answers: connections stay where they are tried.
        Fortress.attacked(configuration, "connects", bed.closing(SilentListener.open("silent")));
        configuration.listener("relays").set("inspect-timeout", "5s");
        configuration.pool("relays").set("idle-timeout", "3s");
        configuration.pool("connects").set("connect-timeout", "2s").set("connect-retries", 0);
        Fortress fortress = Fortress.start(bed, configuration);
        InetSocketAddress relays = fortress.address("relays");
        InetSocketAddress connects = fortress.address("connects");

        // Clients die, all at once.
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            for (Stage stage : Stage.values()) {
                for (Manner manner : Manner.values()) {
                    Socket client = connect(stage == Stage.WHILE_CONNECTING ? connects : relays);
                    bringTo(client, stage, hello);
                    die(client, manner);
                    if (manner == Manner.SILENCE) {
                        silent.add(client);
                    }
                }
            }
        }
        for (Socket client : silent) {
            awaitEnd(client);
        }
        atBackend.clear();

        // Backends die.
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            for (Manner manner : Manner.values()) {
                Socket client = connect(relays);
                bringTo(client, Stage.WHILE_RELAYING, hello);
                die(atBackend.take(), manner);
                clients.add(client);
            }
        }
        for (Socket client : clients) {
            awaitEnd(client);
        }

        assertThat(fortress.errors("relays", "hello-incomplete")).isEqualTo(4.0 * CONNECTIONS);
        assertThat(fortress.errors("relays", "hello-timeout")).isEqualTo(2.0 * CONNECTIONS);
        assertThat(fortress.errors("connects", "client-gone")).isEqualTo(1.0 * CONNECTIONS);
        assertThat(fortress.errors("connects", "connect-failed")).isEqualTo(2.0 * CONNECTIONS);
        fortress.assertUnharmed("relays", "connects");
    }

    /** Shows that the client has arrived, hands its connection to the test, and keeps it until the client ends it. */
    private void holdUntilTheClientEnds(JdkServer server, Socket socket) throws IOException {
        assertThat(socket.getInputStream().read()).isPositive();
        atBackend.add(socket);
        socket.getOutputStream().write('!');
        while (socket.getInputStream().read(new byte[4096]) >= 0) {
            // The rest of the hello.
        }
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static void bringTo(Socket client, Stage stage, byte[] hello) throws IOException {
        switch (stage) {
            case BEFORE_THE_HELLO -> {}
            case WITHIN_THE_HELLO -> client.getOutputStream().write(Arrays.copyOf(hello, hello.length / 2));
            case WHILE_CONNECTING -> client.getOutputStream().write(hello);
            case WHILE_RELAYING -> {
                client.getOutputStream().write(hello);
                assertThat(client.getInputStream().read()).isEqualTo('!');
            }
        }
    }

    private static void die(Socket socket, Manner manner) throws IOException {
        if (manner == Manner.RESET) {
            socket.setSoLinger(true, 0);
        }
        if (manner != Manner.SILENCE) {
            socket.close();
        }
    }

    /** The node must end the connection, in whatever way. */
    private static void awaitEnd(Socket client) throws IOException {
        try (client) {
            while (client.getInputStream().read(new byte[4096]) >= 0) {
                // What was sent before.
            }
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }
}
