package io.hawser.node.lbctl;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.hawser.node.LiveNode;
import io.hawser.node.admin.AdminJson;
import io.hawser.tls.HelloBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command against a node that carries connections. */
final class LbctlTest {

    private static final String TOKEN = "a-token-for-the-tests";
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    private static Path directory = Path.of("");

    private static final List<AutoCloseable> OPEN = new CopyOnWriteArrayList<>();
    private static LiveNode node;
    private static Path tokenFile = Path.of("");
    private static String yaml = "";

    @BeforeAll
    static void start() throws Exception {
        tokenFile = Files.writeString(directory.resolve("token"), TOKEN + "\n");
        ServerSocket b1 = listening();
        ServerSocket m1 = listening();
        yaml =
                """
                node: { id: lb1, workers: 1, drain-timeout: 0s }
                admin: { bind: "127.0.0.1:0", token-file: "%s" }
                listeners:
                  - id: https
                    bind: [ "127.0.0.1:0" ]
                    max-connections: 500
                    routes:
                      - { sni: [ "shop.example.com" ], pool: shop }
                      - { sni: [ "mail.example.com" ], pool: mail }
                pools:
                  - id: shop
                    backends:
                      - { id: b1, address: "127.0.0.1:%d" }
                      - { id: b2, address: "127.0.0.1:1", weight: 50, backup: true }
                    health: { check: tcp, interval: 5s, timeout: 5s, fall: 100 }
                  - id: mail
                    balance: round-robin
                    affinity: { by: [] }
                    backends: [ { id: m1, address: "127.0.0.1:%d", max-connections: 7 } ]
                    health: { check: none }
                """
                        .formatted(tokenFile, b1.getLocalPort(), m1.getLocalPort());
        node = LiveNode.start(directory, yaml);
        OPEN.add(0, node);
        await().atMost(LONG).until(() -> {
            JsonNode shop = get("/api/v1/pools").path("pools").get(0).path("backends");
            return shop.get(0).path("health").asText().equals("up")
                    && shop.get(1).path("health").asText().equals("down");
        });
        client(new HelloBuilder().serverName("shop.example.com").alpn("h2", "http/1.1"));
        client(new HelloBuilder().serverName("shop.example.com").alpn("\u001b]0;owned\u0007"));
        client(new HelloBuilder().serverName("mail.example.com"));
        await().atMost(LONG).until(() -> relayed() == 3);
    }

    private static long relayed() throws Exception {
        long relayed = 0;
        for (JsonNode connection : get("/api/v1/connections").path("connections")) {
            relayed += connection.path("bytes_in").asLong() > 0 ? 1 : 0;
        }
        return relayed;
    }

    /** A backend that takes connections and says nothing: the node relays all the same. */
    private static ServerSocket listening() throws IOException {
        ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        OPEN.add(listening);
        Thread thread = new Thread(
                () -> {
                    try {
                        while (true) {
                            OPEN.add(listening.accept());
                        }
                    } catch (IOException e) {
                        // The test is over.
                    }
                },
                "backend");
        thread.setDaemon(true);
        thread.start();
        return listening;
    }

    private static void client(HelloBuilder hello) throws IOException {
        Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), node.listener("https").getPort());
        OPEN.add(0, socket);
        socket.getOutputStream().write(hello.record());
    }

    @AfterAll
    static void stop() throws Exception {
        for (AutoCloseable one : OPEN) {
            one.close();
        }
    }

    @Test
    void showsTheNode() {
        Run run = lbctl("status");

        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.lines().stream()
                        .map(line -> line.replaceAll(" +", " "))
                        // Other tests reload.
                        .filter(line -> !line.startsWith(" "))
                        .toList())
                .satisfiesExactly(
                        line -> assertThat(line).matches("node lb1 is serving, up for [0-9ms.]+"),
                        line -> assertThat(line)
                                .matches("version 1\\.2\\.3 \\(0123456789ab\\), Java \\S+, (epoll|nio), 1 event loop"),
                        line -> assertThat(line).matches("configuration \\S+lb-node\\.yml, taken in [0-9ms.]+ ago"),
                        line -> assertThat(line).matches("connections 3 open, [0-9]+ accepted, 0 ended in error"),
                        line -> assertThat(line).matches("traffic [0-9]+ B in, 0 B out"),
                        line -> assertThat(line).isEqualTo("pool shop 1 of 2 backends up; b2 down"),
                        line -> assertThat(line).isEqualTo("pool mail 1 of 1 backend up"));
    }

    @Test
    void showsPools() {
        Run run = lbctl("pools");

        assertThat(run.code()).isZero();
        assertThat(words(run))
                .containsExactly(
                        "POOL BALANCE STATE UP BACKENDS OPEN NEW IN OUT AFFINITY TTL ENTRIES",
                        "shop maglev degraded 1 2 2 RATE RATE RATE client-ip 30m 1",
                        "mail round-robin up 1 1 1 RATE RATE RATE off - -");
    }

    @Test
    void showsBackendsWithHealthAndWhy() {
        Run run = lbctl("backends", "shop");

        assertThat(run.code()).isZero();
        assertThat(words(run).get(0))
                .isEqualTo(
                        "POOL BACKEND ADDRESS STATE HEALTH SINCE WEIGHT OPEN MAX NEW IN OUT TOTAL FAILED SET BY WHY");
        assertThat(words(run).get(1))
                .matches("shop b1 127\\.0\\.0\\.1:[0-9]+ ready up \\S+ 100 2 - RATE RATE RATE 2 0 - .*succeeded");
        assertThat(words(run).get(2))
                .matches("shop b2 127\\.0\\.0\\.1:1 \\(backup\\) ready down \\S+ 50 0 - RATE RATE RATE 0 0"
                        + " - .*connection refused");
        assertThat(run.lines()).hasSize(3);
        assertThat(lbctl("backends").lines()).as("of all pools").hasSize(4);
    }

    @Test
    void showsListeners() {
        assertThat(words(lbctl("listeners")))
                .containsExactly(
                        "LISTENER PROTOCOL ADDRESSES OPEN MAX ACCEPTED ERRORS WHY",
                        "https tls 127.0.0.1:" + node.listener("https").getPort() + " 3 500 3 0 -");
    }

    @Test
    void showsConnectionsWithoutWhatTheirClientsWouldDoToTheTerminal() {
        Run run = lbctl("connections");

        assertThat(run.code()).isZero();
        List<String> lines = words(run);
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).isEqualTo("ID LISTENER CLIENT PHASE SNI ALPN POOL BACKEND CHOSEN BY AGE IDLE IN OUT");
        assertThat(lines.get(1))
                .matches("[0-9]+ https 127\\.0\\.0\\.1:[0-9]+ relay shop\\.example\\.com h2,http/1\\.1 shop b1 \\S+"
                        + " \\S+ \\S+ [0-9]+ B 0 B");
        assertThat(lines.get(2)).contains("\\u001b]0;owned\\u0007");
        assertThat(run.out()).doesNotContain("\u001b", "\u0007");
        assertThat(lbctl("connections", "-o", "json").out()).doesNotContain("\u001b", "\u0007");
    }

    @Test
    void filtersConnections() {
        assertThat(lbctl("connections", "--pool", "mail").lines()).hasSize(2);
        assertThat(lbctl("connections", "--backend", "b1").lines()).hasSize(3);
        assertThat(lbctl("connections", "--backend", "shop/b1").lines()).hasSize(3);
        assertThat(lbctl("connections", "--backend", "mail/b1").lines()).hasSize(1);
        assertThat(lbctl("connections", "--listener", "https", "--client", "127.0.0.0/8")
                        .lines())
                .hasSize(4);
        Run none = lbctl("connections", "--client", "192.0.2.7");
        assertThat(none.code()).isZero();
        assertThat(none.lines()).hasSize(1);
        assertThat(none.err()).isEqualTo("no open connection matches\n");
        Run some = lbctl("connections", "--limit", "2");
        assertThat(some.lines()).hasSize(3);
        assertThat(some.err()).isEqualTo("2 of 3 connections; --limit shows more\n");
    }

    @Test
    void printsTheJsonOfTheApi() throws Exception {
        for (String what : List.of("pools", "listeners")) {
            JsonNode shown =
                    AdminJson.mapper().readTree(lbctl(what, "-o", "json").out());
            assertThat(withoutWhatChanges(shown)).isEqualTo(withoutWhatChanges(get("/api/v1/" + what)));
        }
        JsonNode one = AdminJson.mapper()
                .readTree(lbctl("backends", "mail", "--output=json").out());
        assertThat(withoutWhatChanges(one.path("pools").get(0)))
                .isEqualTo(withoutWhatChanges(get("/api/v1/pools").path("pools").get(1)));
        assertThat(lbctl("status", "-o", "json").out())
                .startsWith("{\"node\":\"lb1\",")
                .endsWith("}\n");
        assertThat(lbctl("-o", "JSON", "connections").out()).startsWith("{\"connections\":[{");
    }

    @Test
    void fitsTheTerminalAndColoursIt() {
        TerminalSize narrow = new TerminalSize(24, 80);
        Run run = Run.in(Map.of("LBCTL_NODE", node.admin().toString()), narrow, "backends");

        assertThat(run.out()).contains("\u001b[32mup\u001b[0m", "\u001b[31mdown\u001b[0m");
        assertThat(run.lines()).allSatisfy(line -> assertThat(line.replaceAll("\u001b\\[[0-9]*m", ""))
                .hasSizeLessThanOrEqualTo(80));
        assertThat(run.err()).contains("left out, since the terminal is too narrow: MAX, TOTAL");
        assertThat(Run.in(
                                Map.of("LBCTL_NODE", node.admin().toString(), "NO_COLOR", "1"),
                                new TerminalSize(24, 300),
                                "backends")
                        .out())
                .doesNotContain("\u001b");
    }

    @Test
    void doesNotWaitForEverUntilANodeIsSafeToStop() {
        Run run = lbctl("nodes", "--wait-safe", "--timeout", "300ms");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .isEqualTo("lbctl: the node at " + node.admin() + " is not safe to stop after 0.3s\n"
                        + "  it shares what it knows of sessions with no other node, or has not told yet\n");
        assertThat(lbctl("nodes", "--wait-safe", "--timeout", "soon").code()).isEqualTo(2);
        assertThat(lbctl("nodes", "--timeout", "1s").code()).isEqualTo(2);
        assertThat(lbctl("nodes", "--wait-safe", "--watch").code()).isEqualTo(2);
    }

    @Test
    void showsTheNodes() {
        Run nodes = lbctl("nodes");

        assertThat(words(nodes).get(0)).isEqualTo("NODE ADDRESS PORT VERSION UP FOR LAG SAFE TO STOP ADMIN");
        assertThat(words(nodes).get(1)).matches("lb1 \\* test-host - 1\\.2\\.3 \\S+ - - " + node.admin());
        assertThat(nodes.err()).contains("no ZooKeeper is configured");
    }

    @Test
    void changesABackend() throws Exception {
        assertThat(changed("backend", "drain", "shop/b1"))
                .isEqualTo("shop/b1 is drain now, was ready; connections open to it: 2\n");
        assertThat(backend().path("operator").asText()).as("in force").isEqualTo("drain");
        assertThat(words(lbctl("backends", "shop")).get(1)).contains(" drain ").containsPattern(" lb1, [0-9.]+s ago ");
        assertThat(backend().path("set_by").path("node").asText()).isEqualTo("lb1");
        assertThat(Duration.between(
                        Instant.parse(backend().path("set_by").path("at").asText()), Instant.now()))
                .isBetween(Duration.ZERO, LONG);
        assertThat(changed("backend", "drain", "shop/b1"))
                .isEqualTo("shop/b1 is drain already; connections open to it: 2\n");
        assertThat(changed("backend", "down", "shop/b1"))
                .isEqualTo("shop/b1 is down now, was drain; connections open to it: 2\n");
        assertThat(changed("backend", "ready", "shop/b1"))
                .isEqualTo("shop/b1 is ready now, was down; connections open to it: 2\n");
        assertThat(backend().path("operator").asText()).isEqualTo("ready");
        assertThat(backend().path("set_by").isNull())
                .as("nothing is set any more")
                .isTrue();

        assertThat(changed("backend", "weight", "shop/b1", "30")).isEqualTo("shop/b1 has the weight 30 now, had 100\n");
        assertThat(words(lbctl("backends", "shop")).get(1)).as("now/configured").contains(" 30/100 ");
        assertThat(changed("-o", "json", "backend", "weight", "shop/b1", "100"))
                .isEqualTo(
                        "{\"summary\":\"shop/b1 has the weight 100 now, had 30, as configured\",\"changes\":[],\"pending\":null}\n");
    }

    @Test
    void reloads() throws Exception {
        assertThat(changed("reload")).isEqualTo("reloaded " + node.file() + ": nothing has changed\n");

        node.write(yaml.replace("max-connections: 500", "max-connections: 600").replace("workers: 1", "workers: 2"));
        assertThat(changed("reload"))
                .isEqualTo("reloaded " + node.file() + ": 2 changes\n"
                        + "  node.workers: 1 → 2 (takes effect when the node is restarted)\n"
                        + "  listeners.https.max-connections: 500 → 600\n");
        assertThat(lbctl("status").out())
                .containsPattern("\n +node\\.workers: 1 → 2 \\(takes effect when the node is restarted\\)\n");

        node.write(yaml.replace("max-connections: 500", "max-connections: many"));
        Run refused = lbctl("--token-file", tokenFile.toString(), "reload");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.out()).isEmpty();
        assertThat(refused.err().lines())
                .containsExactly(
                        "lbctl: " + node.file() + " has errors",
                        "  " + node.file() + ":6:22: listeners[0].max-connections: 'many' is not a whole number");
        assertThat(lbctl("status").out()).contains("the last reload was refused");

        node.write(yaml);
        assertThat(changed("reload")).contains("listeners.https.max-connections: 600 → 500\n");
    }

    @Test
    void saysWhatThereIsWhenANameIsWrong() {
        assertThat(failed(1, "backends", "shp").err()).isEqualTo("lbctl: there is no pool shp; there is shop, mail\n");
        assertThat(failed(1, "--token-file", tokenFile.toString(), "backend", "drain", "shp/b1")
                        .err())
                .isEqualTo("lbctl: there is no pool shp; there is shop, mail\n");
        assertThat(failed(1, "--token-file", tokenFile.toString(), "backend", "weight", "shop/b9", "1")
                        .err())
                .isEqualTo("lbctl: pool shop has no backend b9; it has b1, b2\n");
    }

    @Test
    void saysWhereTheTokenIs() throws Exception {
        Path wrong = Files.writeString(directory.resolve("wrong"), "not-the-token-at-all\n");

        assertThat(failed(1, "reload").err()).contains("wants a token for changes", "--token-file", "LBCTL_TOKEN_FILE");
        assertThat(failed(1, "--token-file", wrong.toString(), "backend", "down", "shop/b1")
                        .err())
                .contains("does not take the token in " + wrong)
                .doesNotContain("not-the-token-at-all");
        assertThat(failed(1, "--token-file", "/does/not/exist", "reload").err()).contains("/does/not/exist");
        assertThat(backendOperator()).as("nothing has changed").isEqualTo("ready");
        Run byEnvironment = Run.in(
                Map.of("LBCTL_NODE", node.admin().toString(), "LBCTL_TOKEN_FILE", tokenFile.toString()),
                null,
                "backend",
                "ready",
                "shop/b1");
        assertThat(byEnvironment.code()).isZero();
    }

    private static String backendOperator() throws Exception {
        return backend().path("operator").asText();
    }

    private static JsonNode backend() throws Exception {
        return get("/api/v1/pools").path("pools").get(0).path("backends").get(0);
    }

    private static Run lbctl(String... args) {
        return Run.at(node.admin(), args);
    }

    private static Run failed(int code, String... args) {
        Run run = lbctl(args);
        assertThat(run.out()).isEmpty();
        assertThat(run.code()).isEqualTo(code);
        return run;
    }

    private static String changed(String... args) {
        String[] all = new String[args.length + 2];
        all[0] = "--token-file";
        all[1] = tokenFile.toString();
        System.arraycopy(args, 0, all, 2, args.length);
        Run run = lbctl(all);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        return run.out();
    }

    /** The lines with single spaces, and without the rates, which depend on when they are looked at. */
    private static List<String> words(Run run) {
        return run.lines().stream()
                .map(line -> line.strip().replaceAll(" +", " ").replaceAll("(<?[0-9.]+)( [KMG]i?B| B)?/s", "RATE"))
                .toList();
    }

    private static JsonNode withoutWhatChanges(JsonNode answer) throws IOException {
        return AdminJson.mapper()
                .readTree(answer.toString()
                        .replaceAll("\"since_seconds\":[0-9]+,", "")
                        .replaceAll("\"rates\":\\{[^}]*}", "\"rates\":{}")
                        .replaceAll("\"detail\":\"[^\"]*\"", "\"detail\":\"\""));
    }

    private static JsonNode get(String path) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(node.admin() + path)).build();
        return AdminJson.mapper()
                .readTree(requireNonNull(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .body()));
    }
}
