package io.hawser.cluster.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.JdkServer;
import io.hawser.cluster.harness.LbNode;
import io.hawser.cluster.harness.Testbed;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** More connections than there is room for: those in are not disturbed, those without room are told at once. */
@Timeout(120)
final class FloodIT {

    private static final int ROOM = 100;
    private static final int SCANNED = 3000;
    private static final int DESCRIPTORS = 300;

    @RegisterExtension
    final Testbed bed = new Testbed();

    private JdkServer echo() throws IOException {
        return bed.plainServer(
                "echo", (server, socket) -> socket.getInputStream().transferTo(socket.getOutputStream()));
    }

    @Test
    void atALimitNewConnectionsAreRefusedAndOldOnesStay() throws Exception {
        Configuration configuration = new Configuration();
        JdkServer echo = echo();
        Fortress.attacked(configuration, "listener", echo);
        configuration.listener("listener").set("protocol", "tcp").set("max-connections", ROOM);
        Fortress.attacked(configuration, "client", echo);
        configuration.listener("client").set("protocol", "tcp").set("max-connections-per-client", ROOM);
        Fortress fortress = Fortress.start(bed, configuration);

        for (String limit : List.of("listener", "client")) {
            InetSocketAddress address = fortress.address(limit);
            List<Socket> inside = new ArrayList<>();
            for (int i = 0; i < ROOM; i++) {
                inside.add(connect(address));
                assertEchoes(inside.get(i));
            }
            for (int i = 0; i < 5 * ROOM; i++) {
                // The reset may be quicker than the call that connects.
                assertThatThrownBy(() -> {
                            try (Socket outside = connect(address)) {
                                assertThat(outside.getInputStream().read())
                                        .as("an end in place of a reset")
                                        .isZero();
                            }
                        })
                        .isInstanceOf(SocketException.class)
                        .hasMessageContaining("reset");
            }
            for (Socket socket : inside) {
                assertEchoes(socket);
            }
            assertThat(fortress.errors(limit, limit + "-limit")).isEqualTo(5.0 * ROOM);

            for (Socket socket : inside) {
                socket.close();
            }
            Awaitility.await("there is room again")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> {
                        try (Socket socket = connect(address)) {
                            assertEchoes(socket);
                            return true;
                        } catch (SocketException e) {
                            return false;
                        }
                    });
        }
        fortress.assertUnharmed();
    }

    @Test
    void aPortScanLeavesNothingBehind() throws Exception {
        Configuration configuration = new Configuration();
        Fortress.attacked(configuration, "attacked", echo());
        Fortress fortress = Fortress.start(bed, configuration);
        InetSocketAddress address = fortress.address("attacked");

        for (int i = 0; i < SCANNED; i++) {
            try (Socket socket = connect(address)) {
                socket.setSoLinger(i % 2 == 0, 0);
            }
        }

        Awaitility.await("all are counted").atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                        fortress.errors("attacked", "hello-incomplete"))
                .isGreaterThanOrEqualTo(SCANNED / 2));
        fortress.assertUnharmed("attacked");
    }

    @Test
    void withoutDescriptorsTheNodeWaitsAndGoesOn() throws Exception {
        Configuration configuration = new Configuration().node("max-connections", 100_000);
        // Clients that say nothing take one descriptor each and no backend's, so that it is accepting that fails.
        configuration.listener("silent").set("inspect-timeout", "100s").route("echo");
        configuration.listener("tcp").set("protocol", "tcp").route("echo");
        configuration.pool("echo").backends(echo()).health("check", "none").health("eject-after-failures", 0);
        LbNode node = bed.node("lb1", configuration, "ulimit -n " + DESCRIPTORS, Fortress.JAVA_OPTIONS);
        InetSocketAddress silent = node.address("silent");
        InetSocketAddress tcp = node.address("tcp");
        try (Socket early = connect(tcp)) {
            assertEchoes(early);
            List<Socket> flood = new ArrayList<>();
            for (int i = 0; i < 2 * DESCRIPTORS; i++) {
                flood.add(connect(silent));
            }
            // The admin server needs a descriptor itself, and has none either: but the log tells.
            node.process().awaitLine("listener silent pauses accepting: .*LimitNOFILE", Duration.ofSeconds(30));
            try (Socket late = connect(tcp)) {
                Duration before = node.process().processorTime();
                long start = System.nanoTime();
                Awaitility.await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
                double busy =
                        (double) node.process().processorTime().minus(before).toNanos()
                                / (double) (System.nanoTime() - start);
                assertThat(busy)
                        .as("processor time while there is no descriptor")
                        .isLessThan(0.5);
                assertEchoes(early);

                for (Socket socket : flood) {
                    socket.close();
                }
                // It has waited in the kernel's queue, and is served as if nothing had been.
                assertEchoes(late);
            }
            assertEchoes(early);
        }
        Awaitility.await("the flood is counted").atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                        node.metrics()
                                .sum(
                                        "hawser_connection_errors_total",
                                        "listener",
                                        "silent",
                                        "reason",
                                        "hello-incomplete"))
                .isEqualTo(2.0 * DESCRIPTORS));
        assertThat(node.metrics().sum("hawser_accept_pauses_total", "listener", "silent"))
                .isPositive();
        assertThat(node.complaints()).isEmpty();
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void assertEchoes(Socket socket) throws IOException {
        socket.getOutputStream().write(42);
        int answer = socket.getInputStream().read();
        if (answer < 0) {
            throw new SocketException("ended, not reset");
        }
        assertThat(answer).isEqualTo(42);
    }
}
