package io.hawser.node.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hawser.affinity.AffinityPolicy.By;
import io.hawser.node.pool.Tickets;
import io.hawser.node.probe.ProbeSettings;
import io.hawser.node.probe.ProbeTarget;
import io.hawser.node.probe.ProbeTiming;
import io.hawser.node.probe.Prober;
import io.hawser.node.probe.TicketListener;
import io.hawser.node.testing.LeakGate;
import io.hawser.node.transport.Transport;
import io.hawser.pool.OperatorSetting;
import io.hawser.pool.OperatorState;
import io.hawser.tls.JavaHandshake;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS sessions of Java's TLS find their backend again, whatever address the client comes from. */
@ExtendWith(LeakGate.class)
final class TlsSessionTest {

    private static final int CLIENTS = 9;
    private static final int RESUMPTIONS = 3;

    private final List<Backend> backends = new ArrayList<>();
    private final Rig rig = new Rig(Transport.Choice.AUTO);

    /** A TLS server that says its name. */
    private static final class Backend implements AutoCloseable {
        final String name;
        final SSLServerSocket listening;

        Backend(String name) throws IOException {
            this.name = name;
            this.listening = (SSLServerSocket) JavaHandshake.context()
                    .getServerSocketFactory()
                    .createServerSocket(0, 100, InetAddress.getLoopbackAddress());
            Thread thread = new Thread(this::serve, "backend-" + name);
            thread.setDaemon(true);
            thread.start();
        }

        private void serve() {
            while (!listening.isClosed()) {
                try (SSLSocket client = (SSLSocket) listening.accept()) {
                    client.setSoTimeout((int) Rig.PATIENCE.toMillis());
                    client.startHandshake();
                    // A probe closes here, a client asks.
                    if (client.getInputStream().read() >= 0) {
                        client.getOutputStream().write(name.getBytes(StandardCharsets.US_ASCII));
                    }
                } catch (IOException e) {
                    // The client's matter, or the end of the test.
                    Thread.onSpinWait();
                }
            }
        }

        InetSocketAddress address() {
            return (InetSocketAddress) listening.getLocalSocketAddress();
        }

        @Override
        public void close() throws IOException {
            listening.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        PoolSpec pool = PoolSpec.pool("p").affinity(By.TLS_SESSION);
        for (int i = 1; i <= 3; i++) {
            Backend backend = new Backend("b" + i);
            backends.add(backend);
            pool.backend(backend.name, backend.address());
        }
        rig.pools(pool).listen(ListenerSpec.tls("l").to("p"));
    }

    @AfterEach
    void stop() throws IOException {
        for (Backend backend : backends) {
            backend.close();
        }
        rig.close();
    }

    @Test
    void sessionsOfTls12FindTheirBackend() throws IOException {
        assertSessionsStay("TLSv1.2");
    }

    @Test
    void sessionsOfTls13FindTheirBackendOnceItsTicketsAreProbed() throws Exception {
        probeTickets();
        assertSessionsStay("TLSv1.3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aForgedTicketNeverReachesABackendThatIsDown(String protocol) throws Exception {
        probeTickets();
        SSLContext client = JavaHandshake.context();
        String first = ask(client, protocol);
        rig.onControl(() -> {
            rig.pool("p").operated(Map.of(first, new OperatorSetting(OperatorState.DOWN, null)));
            return null;
        });
        String second = ask(client, protocol);
        assertThat(second).isNotEqualTo(first);
        assertThat(ask(client, protocol)).as("the new session").isEqualTo(second);
    }

    @Test
    void unknownSessionsLeaveNothingBehind() throws IOException {
        for (int i = 0; i < 20; i++) {
            ask(JavaHandshake.context(), "TLSv1.3");
        }
        assertThat(rig.pool("p").pool().affinity().size()).isZero();
        assertThat(rig.value("hawser_tls_resumptions_total", "pool", "p", "result", "none"))
                .isEqualTo(20);
    }

    private void assertSessionsStay(String protocol) throws IOException {
        List<SSLContext> clients = new ArrayList<>();
        List<String> homes = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(JavaHandshake.context());
            homes.add(ask(clients.get(i), protocol));
        }
        assertThat(homes).contains("b1", "b2", "b3");
        for (int round = 0; round < RESUMPTIONS; round++) {
            for (int i = 0; i < CLIENTS; i++) {
                assertThat(ask(clients.get(i), protocol)).as("client " + i).isEqualTo(homes.get(i));
            }
        }
        assertThat(rig.value("hawser_tls_resumptions_total", "pool", "p", "result", "resumed"))
                .isEqualTo(CLIENTS * RESUMPTIONS);
        assertThat(rig.value("hawser_tls_resumptions_total", "pool", "p", "result", "refused"))
                .isZero();
    }

    /** Asks every backend for tickets as the node does, until all have been learned from. */
    private void probeTickets() throws Exception {
        Transport transport = Transport.of(Transport.Choice.AUTO);
        MultiThreadIoEventLoopGroup group =
                new MultiThreadIoEventLoopGroup(1, transport.ioHandler().get());
        try {
            TicketListener listener = new TicketListener() {
                @Override
                public void onTickets(String pool, String backend, List<byte[]> tickets) {
                    rig.onControl(() -> {
                        rig.pool(pool).ticketsGiven(backend, tickets);
                        return backend;
                    });
                }

                @Override
                public void onFailure(String pool, String backend, String why) {
                    // It is asked again.
                }
            };
            Prober prober = Prober.ofTickets(group.next(), transport.channel(), new Random(1), 3, listener);
            List<ProbeTarget> targets = backends.stream()
                    .map(backend -> new ProbeTarget(
                            "p",
                            backend.name,
                            backend.address(),
                            ProbeSettings.of(ProbeSettings.Check.TLS, Duration.ofSeconds(10)),
                            ProbeTiming.every(Duration.ofSeconds(1))))
                    .toList();
            group.next().submit(() -> prober.setTargets(targets)).sync();
            for (Backend backend : backends) {
                await().atMost(Rig.PATIENCE).untilAsserted(() -> assertThat(
                                rig.<Tickets>onControl(() -> rig.pool("p").tickets(backend.name)))
                        .isEqualTo(Tickets.NAMED));
            }
            group.next().submit(prober::close).sync();
        } finally {
            group.shutdownGracefully(0, 2, TimeUnit.SECONDS).sync();
        }
    }

    /** One connection of a client; says who answered. */
    private String ask(SSLContext client, String protocol) throws IOException {
        InetSocketAddress address = rig.address("l");
        try (SSLSocket socket =
                (SSLSocket) client.getSocketFactory().createSocket(address.getAddress(), address.getPort())) {
            socket.setEnabledProtocols(new String[] {protocol});
            socket.setSoTimeout((int) Rig.PATIENCE.toMillis());
            socket.getOutputStream().write('?');
            return new String(socket.getInputStream().readNBytes(2), StandardCharsets.US_ASCII);
        }
    }
}
