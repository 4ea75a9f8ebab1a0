package io.hawser.cluster.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.Facts;
import io.hawser.cluster.harness.JdkServer;
import io.hawser.cluster.harness.LbNode;
import io.hawser.cluster.harness.Load;
import io.hawser.cluster.harness.Nginx;
import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.harness.TlsClient;
import io.hawser.cluster.harness.Tool;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node takes in dozens of changed configurations, one after the other, and no request on any connection is lost. */
final class ReloadUnderLoadIT {

    private static final int RELOADS = 60;

    @RegisterExtension
    final Testbed bed = new Testbed();

    private final AtomicInteger turn = new AtomicInteger();

    @Test
    @Timeout(180)
    void dozensOfReloadsLoseNoRequest() throws Exception {
        Nginx b1 = bed.nginx("b1");
        Nginx b2 = bed.nginx("b2");
        JdkServer j1 = bed.jdkServer("j1");
        JdkServer j2 = bed.jdkServer("j2");
        Configuration configuration = new Configuration();
        configuration
                .pool("nginx")
                .backends(b1, b2)
                .set("balance", "round-robin")
                .withoutAffinity();
        configuration.pool("jdk").backends(j1, j2).set("balance", "random-two").withoutAffinity();
        configuration.listener("nginx").route("nginx");
        configuration.listener("jdk").route("jdk");
        configuration.pool("echo").backends(bed.plainServer("b3", ReloadUnderLoadIT::echo));
        configuration.pool("echo").health("check", "none");
        configuration.listener("passing").set("protocol", "tcp").route("echo");
        LbNode node = bed.node(configuration);
        TlsClient client = bed.client(node.address("jdk"));
        Load newConnections = bed.load("a connection for each request", 1, () -> {
            Facts unused = client.ask();
        });
        Load oldConnections = bed.load("long connections", 1, () -> {
            try (TlsClient.Connection connection = client.connect()) {
                for (int i = 1; i <= 1000; i++) {
                    assertThat(connection.ask().requests()).isEqualTo(i);
                }
            }
        });
        AtomicReference<InetSocketAddress> passing = new AtomicReference<>(node.address("passing"));
        // They are quick: there is always one of them between the kernel's handshake and accept.
        Load passingListener = bed.load("a listener that comes and goes", 8, () -> {
            // From many addresses, or the ports that the kernel still keeps closed would run out.
            String source = "127.0.0." + (2 + Math.floorMod(turn.getAndIncrement(), 50));
            echoUnlessRefused(client.from(source).to(Objects.requireNonNull(passing.get())));
        });
        String url = "https://127.0.0.1:" + node.address("nginx").getPort() + "/";
        OsProcess wrk = bed.start(Tool.WRK, "-t", "1", "-c", "8", "-d", "170", url);
        OsProcess h2load = bed.start(Tool.H2LOAD, "-c", "4", "-m", "4", "-D", "170", url);
        newConnections.awaitMore(10);

        for (int i = 0; i < RELOADS; i++) {
            change(configuration, i, b2, j2);
            node.reload(configuration);
            if (i % 4 != 3) {
                passing.set(node.address("passing"));
            }
        }
        newConnections.awaitMore(1);

        wrk.signal(OsProcess.Signal.INT);
        h2load.signal(OsProcess.Signal.INT);
        assertThat(newConnections.stop()).as("requests lost on new connections").isEmpty();
        assertThat(oldConnections.stop())
                .as("requests lost on long connections")
                .isEmpty();
        assertThat(passingListener.stop())
                .as("requests lost on a listener that comes and goes")
                .isEmpty();
        assertThat(wrk.awaitExit(Duration.ofSeconds(30))).isZero();
        assertThat(wrk.output()).contains("requests in").doesNotContain("Socket errors", "Non-2xx");
        assertThat(node.complaints()).isEmpty();
        System.out.printf(
                "%d reloads; %d connections, %d long ones, %d times the passing listener; %s%n",
                RELOADS, newConnections.done(), oldConnections.done(), passingListener.done(), wrk.output());
    }

    /** What an operator may change: weights, backends, routes, balancers, limits, a listener. */
    private static void change(Configuration configuration, int turn, Nginx b2, JdkServer j2) {
        configuration.pool("nginx").backend("b1", "weight", 1 + turn % 100);
        configuration.pool("jdk").set("balance", turn % 2 == 0 ? "maglev" : "least-connections");
        if (turn % 3 == 0) {
            configuration.pool("nginx").withoutBackend("b2");
            configuration.pool("jdk").withoutBackend("j2");
        } else {
            configuration.pool("nginx").backends(b2);
            configuration.pool("jdk").backends(j2);
        }
        configuration.listener("jdk").withoutRoutes();
        if (turn % 2 == 0) {
            configuration.listener("jdk").routeNames("jdk", "localhost");
        }
        configuration.listener("jdk").route("jdk").set("max-connections", 1000 + turn);
        if (turn % 4 == 3) {
            configuration.withoutListener("passing");
        } else {
            configuration
                    .listener("passing")
                    .set("protocol", "tcp")
                    .withoutRoutes()
                    .route("echo");
        }
    }

    private static void echo(JdkServer server, Socket socket) throws IOException {
        socket.getOutputStream().write(socket.getInputStream().read());
    }

    /** Whoever gets a connection gets an answer; who is refused was never let in. */
    private static void echoUnlessRefused(TlsClient client) throws IOException {
        Socket socket;
        try {
            socket = client.connectPlain();
        } catch (ConnectException e) {
            return;
        }
        try (socket) {
            socket.getOutputStream().write(42);
            assertThat(socket.getInputStream().read()).isEqualTo(42);
        }
    }
}
