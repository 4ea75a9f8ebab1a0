package io.hawser.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hawser.node.testing.LeakGate;
import io.hawser.tls.HelloBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a whole node shows on its admin address, under traffic. */
@ExtendWith(LeakGate.class)
final class SeenFromOutsideTest {

    private static final Pattern LABEL = Pattern.compile("[{,]([a-z]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Socket> clients = new ArrayList<>();
    /** Takes connections, as the kernel does for it, and says nothing. */
    private ServerSocket backend;

    @TempDir
    Path directory;

    @BeforeEach
    void open() throws IOException {
        backend = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        backend.close();
    }

    private String yaml() {
        return """
                node: { drain-timeout: 0s }
                admin: { bind: "127.0.0.1:0" }
                listeners:
                  - { id: one, protocol: tcp, bind: [ "127.0.0.1:0" ], routes: [ { pool: first } ] }
                  - { id: two, protocol: tcp, bind: [ "127.0.0.1:0" ], routes: [ { pool: second } ] }
                  - id: tls
                    bind: [ "127.0.0.1:0" ]
                    routes: [ { sni: [ "*.example.com" ], pool: second } ]
                pools:
                  - { id: first, backends: [ { id: b1, address: "127.0.0.1:PORT" } ], health: { check: none } }
                  - { id: second, backends: [ { id: b2, address: "127.0.0.1:PORT" } ], health: { check: tcp } }
                """
                .replace("PORT", String.valueOf(backend.getLocalPort()));
    }

    private Socket connect(InetSocketAddress listener, String from) throws IOException {
        Socket client = new Socket();
        clients.add(client);
        client.bind(new InetSocketAddress(from, 0));
        client.connect(listener, 20_000);
        return client;
    }

    private String get(LiveNode node, String path) throws IOException, InterruptedException {
        return http.send(request(node, path), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static HttpRequest request(LiveNode node, String path) {
        return HttpRequest.newBuilder(URI.create(node.admin() + path))
                .timeout(Duration.ofSeconds(30))
                .build();
    }

    private JsonNode connections(LiveNode node, String query) throws IOException, InterruptedException {
        return new ObjectMapper().readTree(get(node, "/api/v1/connections" + query));
    }

    private void awaitConnections(LiveNode node, int count) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            JsonNode page = connections(node, "?limit=10000");
            assertThat(page.get("matching").asInt()).isEqualTo(count);
            assertThat(page.get("connections"))
                    .allMatch(row -> !row.get("backend").isNull());
        });
    }

    @Test
    void findsTheConnectionsThatAreWantedAndTheOldestFirst() throws Exception {
        try (LiveNode node = LiveNode.start(directory, yaml())) {
            Socket oldest = connect(node.listener("two"), "127.0.0.3");
            awaitConnections(node, 1);
            // More than one slice of a search on each of a few loops.
            for (int i = 0; i < 100; i++) {
                connect(node.listener("one"), "127.0.0.1");
            }
            for (int i = 0; i < 20; i++) {
                connect(node.listener("two"), "127.0.0.2");
            }
            awaitConnections(node, 121);

            JsonNode first = connections(node, "?limit=1");
            assertThat(first.get("matching").asInt()).isEqualTo(121);
            assertThat(first.get("connections")).singleElement().satisfies(row -> {
                assertThat(row.get("client").asText()).isEqualTo("127.0.0.3:" + oldest.getLocalPort());
                assertThat(row.get("listener").asText()).isEqualTo("two");
                assertThat(row.get("pool").asText()).isEqualTo("second");
                assertThat(row.get("backend").asText()).isEqualTo("b2");
            });
            assertThat(connections(node, "?listener=one&limit=7")
                            .get("matching")
                            .asInt())
                    .isEqualTo(100);
            assertThat(connections(node, "?listener=one&limit=7").get("connections"))
                    .hasSize(7)
                    .allMatch(row -> row.get("listener").asText().equals("one"));
            assertThat(connections(node, "?client=127.0.0.2").get("connections"))
                    .hasSize(20);
            assertThat(connections(node, "?client=127.0.0.2/31").get("connections"))
                    .hasSize(21);
            assertThat(connections(node, "?pool=second&backend=b2").get("connections"))
                    .hasSize(21);
            assertThat(connections(node, "?pool=first&backend=b2")
                            .get("matching")
                            .asInt())
                    .isZero();

            // The backend goes on for ever: only a reset ends both sides.
            for (Socket client : clients) {
                client.setSoLinger(true, 0);
                client.close();
            }
            awaitConnections(node, 0);
        }
    }

    /** However long the control loop takes, the admin address answers what needs no control loop. */
    @Test
    void waitsForTheControlLoopWithoutStandingStill() throws Exception {
        try (LiveNode node = LiveNode.start(directory, yaml())) {
            CountDownLatch busy = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            node.node().controlLoop().execute(() -> {
                busy.countDown();
                try {
                    assertThat(release.await(60, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            busy.await();
            List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
            for (String path : List.of("/api/v1/status", "/api/v1/pools", "/api/v1/listeners", "/api/v1/connections")) {
                waiting.add(http.sendAsync(request(node, path), HttpResponse.BodyHandlers.ofString()));
            }
            assertThat(get(node, "/healthz")).contains("alive");
            assertThat(get(node, "/readyz")).contains("true");
            assertThat(get(node, "/metrics")).contains("hawser_build_info");
            assertThat(waiting).noneMatch(CompletableFuture::isDone);
            release.countDown();
            for (CompletableFuture<HttpResponse<String>> answer : waiting) {
                assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void showsEveryMetricOfTheContract() throws Exception {
        try (LiveNode node = LiveNode.start(directory, yaml())) {
            connect(node.listener("one"), "127.0.0.1");
            Socket tls = connect(node.listener("tls"), "127.0.0.1");
            tls.getOutputStream().write(hello("shop.example.com"));
            awaitConnections(node, 2);
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(get(node, "/metrics")).contains("hawser_health_checks_total{"));

            assertThat(get(node, "/metrics").lines())
                    .contains(
                            "# TYPE hawser_connections_total counter",
                            "hawser_connections_total{listener=\"one\",pool=\"first\",} 1.0",
                            "hawser_connections_total{listener=\"tls\",pool=\"second\",} 1.0",
                            "# TYPE hawser_connections_active gauge",
                            "hawser_connections_active{listener=\"one\",pool=\"first\",} 1.0",
                            "# TYPE hawser_bytes_total counter",
                            "hawser_bytes_total{pool=\"first\",backend=\"b1\",direction=\"in\",} 0.0",
                            "hawser_bytes_total{pool=\"first\",backend=\"b1\",direction=\"out\",} 0.0",
                            "# TYPE hawser_connection_errors_total counter",
                            "# TYPE hawser_backend_connect_seconds histogram",
                            "hawser_backend_connect_seconds_count{pool=\"first\",} 1.0",
                            "# TYPE hawser_client_hello_seconds histogram",
                            "hawser_client_hello_seconds_count 1.0",
                            "# TYPE hawser_backend_up gauge",
                            "hawser_backend_up{pool=\"second\",backend=\"b2\",} 1.0",
                            "# TYPE hawser_backend_connections_active gauge",
                            "hawser_backend_connections_active{pool=\"second\",backend=\"b2\",} 1.0",
                            "# TYPE hawser_health_checks_total counter",
                            "# TYPE hawser_affinity_lookups_total counter",
                            "hawser_affinity_lookups_total{pool=\"first\",kind=\"client-ip\",result=\"miss\",} 1.0",
                            "# TYPE hawser_affinity_entries gauge",
                            "# TYPE hawser_affinity_moved_total counter",
                            "# TYPE hawser_build_info gauge",
                            "hawser_build_info{version=\"1.2.3\",revision=\"0123456789ab\",} 1.0",
                            "# TYPE jvm_threads_current gauge",
                            "# TYPE process_open_fds gauge",
                            "# TYPE hawser_buffer_reserved_bytes gauge",
                            "# TYPE hawser_health_checks_delayed_total counter");
            HttpResponse<String> open = http.send(
                    HttpRequest.newBuilder(URI.create(node.admin() + "/metrics"))
                            .header(
                                    "Accept",
                                    "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1")
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(open.headers().firstValue("content-type"))
                    .contains("application/openmetrics-text; version=1.0.0; charset=utf-8");
            assertThat(open.body()).endsWith("# EOF\n").contains("# TYPE hawser_connections counter\n");
        }
    }

    /** A label that a peer could choose would be a series for each of its whims. */
    @Test
    void noLabelComesFromAPeer() throws Exception {
        try (LiveNode node = LiveNode.start(directory, yaml())) {
            InetSocketAddress tls = node.listener("tls");
            for (String name : List.of("evil.example.com", "evil.example.net", "evil", "evil_!.example.com")) {
                connect(tls, "127.0.0.42").getOutputStream().write(hello(name));
            }
            connect(tls, "127.0.0.42")
                    .getOutputStream()
                    .write("GET /evil HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(get(node, "/metrics"))
                    .contains("reason=\"no-route\",", "reason=\"not-tls\",", "listener=\"tls\",pool=\"second\",} 1.0"));

            String page = get(node, "/metrics");
            assertThat(page).doesNotContain("evil", "127.0.0.42");
            Matcher label = LABEL.matcher(page.lines()
                    .filter(line -> line.startsWith("hawser_"))
                    .reduce("", (all, line) -> all + line + "\n"));
            while (label.find()) {
                switch (label.group(1)) {
                    case "listener" -> assertThat(label.group(2)).isIn("one", "two", "tls");
                    case "pool" -> assertThat(label.group(2)).isIn("first", "second");
                    case "backend" -> assertThat(label.group(2)).isIn("b1", "b2");
                    case "reason", "result", "kind", "direction" ->
                        assertThat(label.group(2)).matches("[a-z]+(-[a-z]+)*");
                    case "le", "version", "revision" -> {}
                    default -> throw new AssertionError("an unknown label: " + label.group());
                }
            }
        }
    }

    @Test
    void showsNoSecret() throws Exception {
        String token = "0123456789abcdef0123456789abcdef";
        Path file = Files.writeString(directory.resolve("token"), token);
        String yaml = yaml().replace("admin: {", "admin: { token-file: " + file + ",");
        try (LiveNode node = LiveNode.start(directory, yaml)) {
            for (String path : List.of(
                    "/healthz",
                    "/readyz",
                    "/metrics",
                    "/api/v1/status",
                    "/api/v1/pools",
                    "/api/v1/listeners",
                    "/api/v1/connections",
                    "/")) {
                assertThat(get(node, path)).as(path).isNotEmpty().doesNotContain(token);
            }
        }
    }

    @Test
    void saysWhichPoolsAndBackendsThereAre() throws Exception {
        try (LiveNode node = LiveNode.start(directory, yaml())) {
            assertThat(order(node, "third", "b1")).contains("there is no pool third; there is first, second");
            assertThat(order(node, "first", "b2")).contains("pool first has no backend b2; it has b1");
        }
    }

    private String order(LiveNode node, String pool, String backendId) throws Exception {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(URI.create(
                                node.admin() + "/api/v1/pools/" + pool + "/backends/" + backendId + "/weight"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"weight\": 1}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(404);
        return response.body();
    }

    @Test
    void probesNoMoreWhatAReloadHasRemoved() throws Exception {
        try (Counting stays = new Counting();
                Counting goes = new Counting()) {
            String before =
                    """
                    node: { drain-timeout: 0s }
                    admin: { bind: "127.0.0.1:0" }
                    listeners:
                      - { id: one, protocol: tcp, bind: [ "127.0.0.1:0" ], routes: [ { pool: web } ] }
                    pools:
                      - id: web
                        health: { check: tcp, interval: 50ms, timeout: 50ms }
                        backends:
                          - { id: stays, address: "127.0.0.1:STAYS" }
                          - { id: goes, address: "127.0.0.1:GOES" }
                    """
                            .replace("STAYS", String.valueOf(stays.port()))
                            .replace("GOES", String.valueOf(goes.port()));
            try (LiveNode node = LiveNode.start(directory, before)) {
                await().atMost(Duration.ofSeconds(60)).until(() -> stays.count() > 2 && goes.count() > 2);
                node.write(before.replaceFirst("(?m)^.*id: goes.*\n", ""));
                assertThat(node.reload()).isInstanceOf(io.hawser.node.admin.Change.Applied.class);
                // One that had connected may still be on its way to the counter.
                int then = stays.count();
                await().atMost(Duration.ofSeconds(60)).until(() -> stays.count() > then + 3);
                int last = goes.count();
                await().atMost(Duration.ofSeconds(60)).until(() -> stays.count() > then + 10);
                assertThat(goes.count()).isEqualTo(last);
                assertThat(get(node, "/metrics")).contains("backend=\"stays\"").doesNotContain("backend=\"goes\"");
            }
        }
    }

    private static byte[] hello(String serverName) {
        return new HelloBuilder()
                .serverName(serverName)
                .supportedVersions(0x0304)
                .record();
    }

    /** Counts its connections. */
    private static final class Counting implements AutoCloseable {

        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final AtomicInteger accepted = new AtomicInteger();

        Counting() throws IOException {
            Thread thread = new Thread(
                    () -> {
                        while (!server.isClosed()) {
                            try {
                                server.accept().close();
                                accepted.incrementAndGet();
                            } catch (IOException e) {
                                // Closed: the loop ends.
                            }
                        }
                    },
                    "counting");
            thread.setDaemon(true);
            thread.start();
        }

        int port() {
            return server.getLocalPort();
        }

        int count() {
            return accepted.get();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
