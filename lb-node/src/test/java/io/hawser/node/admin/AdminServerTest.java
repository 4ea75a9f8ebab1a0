package io.hawser.node.admin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hawser.node.metrics.NodeMetrics;
import io.hawser.node.testing.LeakGate;
import io.hawser.node.transport.Transport;
import io.hawser.testing.Seeds;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The admin server as HTTP/1.1, and against clients that are slow, many, or broken. */
@ExtendWith(LeakGate.class)
final class AdminServerTest {

    private @Nullable ServedNode served;

    private ServedNode serve() {
        return serve(AdminLimits.DEFAULT, Transport.Choice.AUTO);
    }

    private ServedNode serve(AdminLimits limits, Transport.Choice transport) {
        ServedNode started = new ServedNode(null, limits, Transport.of(transport));
        served = started;
        return started;
    }

    @AfterEach
    void stop() {
        if (served != null) {
            served.close();
        }
    }

    private static String get(ServedNode node, String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: " + node.host() + "\r\n\r\n";
    }

    private static String reloadHead(ServedNode node, int bodyLength) {
        return "POST /api/v1/reload HTTP/1.1\r\nHost: " + node.host()
                + "\r\nContent-Type: application/json\r\nContent-Length: " + bodyLength + "\r\n\r\n";
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.Choice.class,
            names = {"AUTO", "NIO"})
    void answersPipelinedRequestsOneByOneInTheirOrder(Transport.Choice transport) throws Exception {
        ServedNode node = serve(AdminLimits.DEFAULT, transport);
        // 120 at once: Netty's codec lets no more than 128 wait.
        int rounds = 40;
        try (RawClient client = node.connect()) {
            for (int batch = 0; batch < 5; batch++) {
                client.send((get(node, "/healthz") + reloadHead(node, 0) + get(node, "/nothing")).repeat(rounds));
                for (int i = 0; i < rounds; i++) {
                    assertThat(client.read().status()).isEqualTo(200);
                    assertThat(client.read().body()).contains("done");
                    assertThat(client.read().status()).isEqualTo(404);
                }
            }
        }
        assertThat(node.node.orders).hasSize(5 * rounds);
    }

    @Test
    void answersNoRequestBeforeTheOneBefore() throws Exception {
        ServedNode node = serve();
        CompletableFuture<Change> change = new CompletableFuture<>();
        node.node.change = change;
        try (RawClient client = node.connect()) {
            client.send(reloadHead(node, 0) + get(node, "/healthz"));
            await().until(() -> !node.node.orders.isEmpty());
            // Another connection is served meanwhile.
            assertThat(node.get("/healthz").statusCode()).isEqualTo(200);
            change.complete(new Change.Applied("late"));
            assertThat(client.read().body()).contains("late");
            assertThat(client.read().body()).contains("alive");
        }
    }

    /** Every way that TCP may cut a request; java.net.http sends head and body apart. */
    @ParameterizedTest
    @EnumSource(
            value = Transport.Choice.class,
            names = {"AUTO", "NIO"})
    void takesARequestInAnyPieces(Transport.Choice transport) throws Exception {
        ServedNode node = serve(AdminLimits.DEFAULT, transport);
        try (RawClient client = node.connect()) {
            client.socket().setTcpNoDelay(true);
            Seeds.rounds(30, random -> {
                String request = reloadHead(node, 2) + "{}";
                int at = 0;
                while (at < request.length()) {
                    int end = Math.min(request.length(), at + 1 + random.nextInt(random.nextBoolean() ? 5 : 200));
                    client.send(request.substring(at, end));
                    at = end;
                }
                assertThat(client.read().status()).isEqualTo(200);
            });
        }
    }

    @Test
    void closesWhenAskedTo() throws Exception {
        ServedNode node = serve();
        try (RawClient client = node.connect()) {
            client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            RawClient.Response response = client.read();
            assertThat(response.headers()).containsEntry("connection", "close");
            assertThat(client.isClosedInOrder()).isTrue();
        }
        try (RawClient client = node.connect()) {
            client.send("GET /healthz HTTP/1.0\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.isClosedInOrder()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.Choice.class,
            names = {"AUTO", "NIO"})
    void answersWhoHasClosedHisSide(Transport.Choice transport) throws Exception {
        ServedNode node = serve(AdminLimits.DEFAULT, transport);
        CompletableFuture<Change> change = new CompletableFuture<>();
        node.node.change = change;
        try (RawClient client = node.connect()) {
            client.send(reloadHead(node, 0) + get(node, "/healthz")).endOutput();
            await().until(() -> !node.node.orders.isEmpty());
            change.complete(new Change.Applied("late"));
            assertThat(client.read().body()).contains("late");
            assertThat(client.read().body()).contains("alive");
            assertThat(client.isClosedInOrder()).isTrue();
        }
        try (RawClient client = node.connect()) {
            assertThat(client.endOutput().isClosedInOrder()).isTrue();
        }
    }

    @Test
    void saysThatABodyIsTooLarge() throws Exception {
        ServedNode node = serve();
        int most = AdminLimits.DEFAULT.maxBodyBytes();
        try (RawClient client = node.connect()) {
            client.send(reloadHead(node, most) + " ".repeat(most - 2) + "{}");
            assertThat(client.read().status()).isEqualTo(200);
            client.send(reloadHead(node, most + 1));
            RawClient.Response response = client.read();
            assertThat(response.status()).isEqualTo(413);
            assertThat(response.body()).contains("body_too_large", String.valueOf(most));
            assertThat(client.isClosedInOrder()).isTrue();
        }
        assertThat(node.node.orders).hasSize(1);
    }

    /** Whoever sends a megabyte before he reads must not lose the answer to a reset. */
    @Test
    void isHeardByWhoStillSends() throws Exception {
        ServedNode node = serve();
        try (RawClient client = node.connect()) {
            client.send(reloadHead(node, 1_000_000) + " ".repeat(1_000_000));
            assertThat(client.read().status()).isEqualTo(413);
        }
        try (RawClient client = node.connect()) {
            String chunk = "ffff\r\n" + " ".repeat(0xffff) + "\r\n";
            client.send("POST /api/v1/reload HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk);
            assertThat(client.read().status()).isEqualTo(413);
        }
        try (RawClient client = node.connect()) {
            client.send("GET /" + "x".repeat(1_000_000) + " HTTP/1.1\r\n\r\n");
            assertThat(client.read().status()).isEqualTo(414);
        }
        assertThat(node.node.orders).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: %s\r\n\r\n:431",
                "GET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n:414",
                "HELO mail.example\r\n\r\n:400",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n:400",
                "GET http://localhost/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n:400",
                "POST /api/v1/reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n:400",
                "POST /api/v1/reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n:400",
                "GET /%%zz HTTP/1.1\r\nHost: localhost\r\n\r\n:400",
            })
    void saysWhatIsWrongWithWhatIsNoRequest(String requestAndStatus) throws Exception {
        ServedNode node = serve();
        int colon = requestAndStatus.lastIndexOf(':');
        String request = String.format(requestAndStatus.substring(0, colon), "x".repeat(17_000));
        try (RawClient client = node.connect()) {
            RawClient.Response response = client.send(request).read();
            assertThat(response.status()).isEqualTo(Integer.parseInt(requestAndStatus.substring(colon + 1)));
            assertThat(response.body()).contains("\"error\":").contains("\"message\":");
        }
        assertThat(node.get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void outlivesRandomBytes() throws Exception {
        ServedNode node = serve();
        Seeds.rounds(100, random -> {
            try (RawClient client = node.connect()) {
                byte[] bytes = (random.nextBoolean() ? get(node, "/healthz") : "").getBytes(ISO_8859_1);
                byte[] noise = new byte[random.nextInt(2000)];
                random.nextBytes(noise);
                OutputStream out = client.socket().getOutputStream();
                out.write(bytes);
                out.write(noise);
            } catch (SocketException e) {
                // It has closed the connection already.
            }
        });
        assertThat(node.get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void keepsNoSlowOrIdleClient() throws Exception {
        // Time enough to send all that follows.
        ServedNode node = serve(new AdminLimits(128, 16 * 1024, 2_000, 1_500), Transport.Choice.AUTO);
        try (RawClient idle = node.connect();
                RawClient halfHead = node.connect();
                RawClient halfBody = node.connect();
                RawClient idleLater = node.connect()) {
            halfHead.send("GET /healthz HTTP/1.1\r\nHost:");
            halfBody.send(reloadHead(node, 10) + "{");
            assertThat(idleLater.send(get(node, "/healthz")).read().status()).isEqualTo(200);
            for (RawClient client : List.of(idle, halfHead, halfBody, idleLater)) {
                assertThat(client.isClosedInOrder()).isTrue();
            }
        }
        assertThat(node.node.orders).isEmpty();
    }

    @Test
    void givesSingleBytesNoMoreTime() throws Exception {
        ServedNode node = serve(new AdminLimits(128, 16 * 1024, 400, 300), Transport.Choice.AUTO);
        long start = System.nanoTime();
        try (RawClient client = node.connect()) {
            client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: ");
            client.socket().setSoTimeout(20);
            await().until(() -> {
                try {
                    client.send("x");
                    return client.isClosedInOrder();
                } catch (java.net.SocketTimeoutException e) {
                    return false;
                } catch (SocketException e) {
                    return true;
                }
            });
        }
        assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(400));
    }

    @Test
    void keepsNoClientThatDoesNotReadItsAnswer() throws Exception {
        ServedNode node = serve(new AdminLimits(128, 16 * 1024, 400, 300), Transport.Choice.AUTO);
        for (int i = 0; i < 100; i++) {
            node.metrics.listener("listener-" + i).error("reason");
        }
        try (RawClient client = node.connect()) {
            client.socket().setReceiveBufferSize(4096);
            client.send(get(node, "/metrics").repeat(120));
            assertThat(client.readHead().status()).isEqualTo(200);
            await().untilAsserted(() -> assertThat(openConnections(node)).isZero());
        }
    }

    @Test
    void saysThatTheNodeTakesTooLong() throws Exception {
        ServedNode node = serve(new AdminLimits(128, 16 * 1024, 60_000, 50), Transport.Choice.AUTO);
        CompletableFuture<Change> change = new CompletableFuture<>();
        node.node.change = change;
        try (RawClient client = node.connect()) {
            RawClient.Response response = client.send(reloadHead(node, 0)).read();
            assertThat(response.status()).isEqualTo(504);
            assertThat(response.body()).contains("may still come into force");
            // The late answer belongs to nobody, least of all to the next request.
            change.complete(new Change.Applied("late"));
            assertThat(client.send(get(node, "/healthz")).read().body()).contains("alive");
        }
    }

    @Test
    void servesHundredsOfConnectionsAndRefusesMore() throws Exception {
        ServedNode node = serve(new AdminLimits(300, 16 * 1024, 60_000, 50_000), Transport.Choice.AUTO);
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                RawClient client = node.connect();
                clients.add(client);
                assertThat(client.send(get(node, "/healthz")).read().status()).isEqualTo(200);
            }
            for (int i = 0; i < 20; i++) {
                try (RawClient tooMany = node.connect()) {
                    assertThat(tooMany.isClosedInOrder()).isTrue();
                }
            }
            assertThat(node.registry.getSampleValue("hawser_admin_connections_refused_total"))
                    .isEqualTo(20);
            for (RawClient client : clients) {
                assertThat(client.send(get(node, "/healthz")).read().status()).isEqualTo(200);
            }
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
        await().untilAsserted(
                        () -> assertThat(node.get("/healthz").statusCode()).isEqualTo(200));
    }

    @Test
    void goesWithItsConnections() throws Exception {
        ServedNode node = serve();
        try (RawClient client = node.connect()) {
            assertThat(client.send(get(node, "/healthz")).read().status()).isEqualTo(200);
            node.server().close().toCompletableFuture().join();
            assertThat(client.isClosedInOrder()).isTrue();
        }
        assertThatThrownBy(node::connect).isInstanceOf(IOException.class);
    }

    @Test
    void saysWhichAddressIsTaken() throws Exception {
        Transport transport = Transport.of(Transport.Choice.AUTO);
        EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(1, transport.ioHandler().get());
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress address = (InetSocketAddress) taken.getLocalSocketAddress();
            assertThatThrownBy(() -> AdminServer.start(
                                    group,
                                    transport.serverChannel(),
                                    new AdminSettings(address, null),
                                    null,
                                    new TestNode(),
                                    new NodeMetrics(new CollectorRegistry(), "1", "a"))
                            .toCompletableFuture()
                            .join())
                    .isInstanceOf(CompletionException.class)
                    .hasRootCauseInstanceOf(IOException.class)
                    .cause()
                    .hasMessageContaining("cannot listen on admin.bind 127.0.0.1:" + address.getPort())
                    .hasMessageContaining("Address already in use");
        } finally {
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    private static int openConnections(ServedNode node) {
        return node.server().openConnections();
    }
}
