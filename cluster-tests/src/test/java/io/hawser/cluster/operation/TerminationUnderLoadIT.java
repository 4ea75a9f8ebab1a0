package io.hawser.cluster.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A busy node is told to end: it refuses new connections, and answers on every one that it has let in. */
final class TerminationUnderLoadIT {

    private static final int H2LOAD_REQUESTS = 20_000;
    private static final int WAITING = 300;

    @RegisterExtension
    final Testbed bed = new Testbed();

    private final AtomicLong refused = new AtomicLong();
    private final AtomicInteger turn = new AtomicInteger();

    @Test
    @Timeout(120)
    void everyConnectionThatWasLetInIsServed() throws Exception {
        Nginx nginx = bed.nginx("b1");
        JdkServer jdk = bed.jdkServer("b2");
        JdkServer echo = bed.plainServer("b3", TerminationUnderLoadIT::echo);
        Configuration configuration = new Configuration().node("drain-timeout", "60s");
        configuration.pool("nginx").backends(nginx);
        configuration.pool("jdk").backends(jdk);
        configuration.pool("echo").backends(echo).health("check", "none");
        configuration.listener("nginx").route("nginx");
        configuration.listener("jdk").route("jdk");
        configuration.listener("echo").set("protocol", "tcp").route("echo");
        LbNode node = bed.node(configuration);
        TlsClient client = bed.client(node.address("jdk"));
        TlsClient plain = bed.client(node.address("echo"));
        // Those who only connect are quick: there is always one of them between the kernel's handshake and accept.
        Load connecting = bed.load("plain connections", 16, () -> {
            // From many addresses, or the ports that the kernel still keeps closed would run out.
            echoUnlessRefused(plain.from("127.0.0." + (2 + Math.floorMod(turn.getAndIncrement(), 50))));
        });
        Load asking = bed.load("TLS connections", 2, () -> askUnlessRefused(client));
        OsProcess h2load = bed.start(
                Tool.H2LOAD,
                "-n",
                String.valueOf(H2LOAD_REQUESTS),
                "-c",
                "4",
                "-m",
                "4",
                "https://127.0.0.1:" + node.address("nginx").getPort() + "/");
        connecting.awaitMore(500);
        asking.awaitMore(10);

        node.process().signal(OsProcess.Signal.TERM);

        assertThat(node.process().awaitExit(Duration.ofSeconds(60))).isZero();
        assertThat(connecting.stop())
                .as("plain connections that were let in and not served")
                .isEmpty();
        assertThat(asking.stop())
                .as("TLS connections that were let in and not served")
                .isEmpty();
        assertThat(refused.get()).as("connections refused").isPositive();
        assertThat(h2load.awaitExit(Duration.ofSeconds(30))).isZero();
        assertThat(h2load.output()).contains(H2LOAD_REQUESTS + " succeeded, 0 failed, 0 errored, 0 timeout");
        assertThat(node.complaints()).isEmpty();
        System.out.printf(
                "%d plain and %d TLS connections served, %d refused%n",
                connecting.done(), asking.done(), refused.get());
    }

    /** The kernel has let them in, and their node, which is held up, does not even know yet. */
    @ParameterizedTest
    @EnumSource(
            value = OsProcess.Signal.class,
            names = {"TERM", "HUP"})
    @Timeout(60)
    void thoseWhoWaitToBeAcceptedAreServed(OsProcess.Signal signal) throws Exception {
        Configuration configuration = new Configuration();
        configuration.pool("echo").backends(bed.plainServer("b1", TerminationUnderLoadIT::echo));
        configuration.pool("echo").health("check", "none");
        configuration.listener("goes").set("protocol", "tcp").route("echo");
        configuration.listener("stays").set("protocol", "tcp").route("echo");
        LbNode node = bed.node(configuration);
        TlsClient client = bed.client(node.address("goes"));
        node.write(configuration.withoutListener("goes"));
        node.process().signal(OsProcess.Signal.STOP);
        List<Socket> waiting = new ArrayList<>();
        for (int i = 0; i < WAITING; i++) {
            Socket socket = bed.closing(client.connectPlain());
            socket.getOutputStream().write(42);
            waiting.add(socket);
        }

        node.process().signal(signal);
        node.process().signal(OsProcess.Signal.CONT);

        for (Socket socket : waiting) {
            assertThat(socket.getInputStream().read()).isEqualTo(42);
        }
        Awaitility.await("it listens no more")
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThatThrownBy(client::connectPlain).isInstanceOf(ConnectException.class));
        assertThat(node.complaints()).isEmpty();
    }

    private static void echo(JdkServer server, Socket socket) throws IOException {
        socket.getOutputStream().write(socket.getInputStream().read());
    }

    private void echoUnlessRefused(TlsClient client) throws IOException {
        Socket socket;
        try {
            socket = client.connectPlain();
        } catch (ConnectException e) {
            refused.incrementAndGet();
            return;
        }
        try (socket) {
            socket.getOutputStream().write(42);
            assertThat(socket.getInputStream().read()).isEqualTo(42);
        }
    }

    private void askUnlessRefused(TlsClient client) throws IOException {
        Socket socket;
        try {
            socket = client.connectPlain();
        } catch (ConnectException e) {
            refused.incrementAndGet();
            return;
        }
        try (TlsClient.Connection connection = client.secure(socket)) {
            Facts unused = connection.ask();
        }
    }
}
