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

    @RegisterExtension
    final Testbed bed = new Testbed();

    private JdkServer echo() throws IOException {
        return bed.plainServer("echo", (server, socket) -> socket.getInputStream().transferTo(socket.getOutputStream()));
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
                try (Socket outside = connect(address)) {
                    assertThatThrownBy(() -> assertEchoes(outside))
                            .isInstanceOf(SocketException.class)
                            .hasMessageMatching("(?i).*(reset|broken pipe).*");
                }
            }
            for (Socket socket : inside) {
                assertEchoes(socket);
            }
            assertThat(fortress.errors(limit, limit + "-limit")).isEqualTo(5.0 * ROOM);

            for (Socket socket : inside) {
                socket.close();
            }
            Awaitility.await("there is room again").atMost(Duration.ofSeconds(20)).until(() -> {
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

        for (int i = 0; i < 3000; i++) {
            try (Socket socket = connect(address)) {
                socket.setSoLinger(i % 2 == 0, 0);
            }
        }

        Awaitility.await("all are counted").atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(
                        fortress.node().metrics().sum("hawser_listener_accepted_total", "listener", "attacked"))
                .isGreaterThanOrEqualTo(1500));
        fortress.assertUnharmed();
    }

    @Test
    void withoutDescriptorsTheNodeWaitsAndGoesOn() throws Exception {
        Configuration configuration = new Configuration().node("max-connections", 100_000);
        configuration.listener("tcp").set("protocol", "tcp").route("tcp");
        configuration.pool("tcp").backends(echo()).health("check", "none").health("eject-after-failures", 0);
        LbNode node = bed.node("lb1", configuration, "ulimit -n 300", "-Xmx96m");
        InetSocketAddress address = node.address("tcp");
        try (Socket early = connect(address)) {
            assertEchoes(early);
            List<Socket> flood = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                flood.add(connect(address));
            }
            Awaitility.await("accepting pauses").atMost(Duration.ofSeconds(20)).until(() -> pauses(node) > 0);
            Duration before = node.process().processorTime();
            long start = System.nanoTime();
            Awaitility.await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
            double busy = (double) node.process().processorTime().minus(before).toNanos()
                    / (double) (System.nanoTime() - start);
            assertThat(busy).as("processor time while there is no descriptor").isLessThan(0.5);
            assertEchoes(early);

            for (Socket socket : flood) {
                socket.close();
            }
            Awaitility.await("descriptors are free again").atMost(Duration.ofSeconds(30)).until(() -> {
                try (Socket socket = connect(address)) {
                    assertEchoes(socket);
                    return true;
                } catch (SocketException e) {
                    return false;
                }
            });
            assertEchoes(early);
        }
        assertThat(node.complaints()).isEmpty();
    }

    private static long pauses(LbNode node) {
        // The admin server needs a descriptor itself, and has none either: the log tells as well.
        return node.process().lines().stream().filter(line -> line.contains("pauses accepting")).count();
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
