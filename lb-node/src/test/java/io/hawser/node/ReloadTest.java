package io.hawser.node;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import io.hawser.node.admin.AdminJson;
import io.hawser.node.admin.Change;
import io.hawser.node.admin.SettingChange;
import io.hawser.node.testing.LeakGate;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** What a reload puts in force, and what it says about it: to whoever asked, and in the log. */
@ExtendWith(LeakGate.class)
final class ReloadTest {

    private static final String YAML =
            """
            node: { id: lb1, workers: 1, drain-timeout: 0s }
            admin: { bind: "127.0.0.1:0" }
            listeners:
              - id: https
                bind: [ "127.0.0.1:0" ]
                max-connections: 1000
                routes: [ { pool: shop } ]
            pools:
              - id: shop
                backends:
                  - { id: b1, address: "127.0.0.1:1" }
                  - { id: b2, address: "127.0.0.1:2" }
                health: { check: none }
            """;

    @TempDir
    private Path directory = Path.of("");

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger(Reloads.class.getName()).addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger(Reloads.class.getName()).detachAppender(log);
    }

    @Test
    void saysExactlyWhatHasChanged() throws Exception {
        try (LiveNode node = LiveNode.start(directory, YAML)) {
            node.write(YAML.replace("max-connections: 1000", "max-connections: 2000")
                    .replace("workers: 1", "workers: 4")
                    .replace("    health:", "      - { id: b3, address: \"127.0.0.1:3\" }\n    health:"));

            Change.Applied applied = applied(node.reload());

            assertThat(applied.summary()).isEqualTo("reloaded " + node.file() + ": 3 changes");
            List<String> lines = List.of(
                    "node.workers: 1 → 4 (takes effect when the node is restarted)",
                    "listeners.https.max-connections: 1000 → 2000",
                    "pools.shop.backends.b3: added");
            assertThat(applied.changes()).extracting(SettingChange::description).containsExactlyElementsOf(lines);
            assertThat(logged())
                    .containsSubsequence(
                            lines.stream().map(line -> "reload: " + line).toList());
            assertThat(logged()).contains(applied.summary());
        }
    }

    @Test
    void saysThatNothingHasChanged() throws Exception {
        try (LiveNode node = LiveNode.start(directory, YAML)) {
            Change.Applied applied = applied(node.reload());

            assertThat(applied.summary()).endsWith(": nothing has changed");
            assertThat(applied.changes()).isEmpty();
        }
    }

    @Test
    void saysAgainWhatStillWaitsForARestart() throws Exception {
        try (LiveNode node = LiveNode.start(directory, YAML)) {
            node.write(YAML.replace("id: lb1, workers: 1", "id: lb2, workers: 4"));
            applied(node.reload());

            assertThat(applied(node.reload()).changes())
                    .extracting(SettingChange::key)
                    .as("what is in force has not changed")
                    .containsExactly("node.id", "node.workers");
            JsonNode status = get(node, "/api/v1/status");
            assertThat(status.path("node").asText()).isEqualTo("lb1");
            assertThat(status.path("configuration").path("waits_for_restart"))
                    .extracting(JsonNode::asText)
                    .containsExactly(
                            "node.id: lb1 → lb2 (takes effect when the node is restarted)",
                            "node.workers: 1 → 4 (takes effect when the node is restarted)");

            node.write(YAML);
            assertThat(applied(node.reload()).changes()).isEmpty();
            assertThat(get(node, "/api/v1/status").path("configuration").path("waits_for_restart"))
                    .isEmpty();
        }
    }

    @Test
    void changesNothingForAFileWithAMistake() throws Exception {
        try (LiveNode node = LiveNode.start(directory, YAML)) {
            node.write(
                    YAML.replace("max-connections: 1000", "max-connections: 5").replace("pool: shop", "pool: shp"));

            Change change = node.reload();

            assertThat(change).isInstanceOfSatisfying(Change.Refused.class, refused -> {
                assertThat(refused.why()).isEqualTo(node.file() + " has errors");
                assertThat(refused.problems())
                        .singleElement()
                        .asString()
                        .endsWith("listeners[0].routes[0].pool: there is no pool 'shp'; did you mean 'shop'?");
            });
            assertThat(get(node, "/api/v1/listeners").path("listeners").get(0).path("max_connections"))
                    .as("still")
                    .hasToString("1000");
            assertThat(get(node, "/api/v1/status")
                            .path("configuration")
                            .path("last_reload_failed")
                            .asBoolean())
                    .isTrue();

            Files.delete(node.file());
            assertThat(node.reload())
                    .isEqualTo(new Change.Refused("cannot read " + node.file() + ": there is no such file", List.of()));
        }
    }

    @Test
    void changesNothingWhenAnAddressIsTaken() throws Exception {
        try (LiveNode node = LiveNode.start(directory, YAML)) {
            node.write(
                    YAML.replace(
                                    "listeners:\n",
                                    """
                            listeners:
                              - { id: new, bind: [ "192.0.2.1:1" ], routes: [ { pool: news } ] }
                            """)
                            .replace(
                                    "pools:\n",
                                    """
                            pools:
                              - { id: news, backends: [ { id: n1, address: "127.0.0.1:9" } ] }
                            """));

            assertThat(node.reload()).isInstanceOf(Change.Refused.class);

            assertThat(get(node, "/api/v1/pools").path("pools")).hasSize(1);
            assertThat(text(node, "/metrics")).as("nothing is left of the pool").doesNotContain("news");
        }
    }

    @Test
    void aBackendThatMovesKeepsWhatTheOperatorSaid() throws Exception {
        try (LiveNode node = LiveNode.start(directory, YAML)) {
            order(node, "b1", "state", "\"drain\"");
            order(node, "b1", "weight", "7");
            node.write(YAML.replace("127.0.0.1:1\"", "127.0.0.1:99\"").replace("id: b2", "id: b9"));

            assertThat(applied(node.reload()).changes())
                    .extracting(SettingChange::description)
                    .containsExactly(
                            "pools.shop.backends.b2: removed",
                            "pools.shop.backends.b1.address: 127.0.0.1:1 → 127.0.0.1:99",
                            "pools.shop.backends.b9: added");

            JsonNode backends = get(node, "/api/v1/pools").path("pools").get(0).path("backends");
            assertThat(backends.get(0).path("address").asText()).isEqualTo("127.0.0.1:99");
            assertThat(backends.get(0).path("operator").asText()).isEqualTo("drain");
            assertThat(backends.get(0).path("weight").asInt()).isEqualTo(7);
            assertThat(backends.get(1).path("backend").asText()).isEqualTo("b9");
            assertThat(backends.get(1).path("operator").asText()).isEqualTo("ready");
        }
    }

    @Test
    void saysWhenAWeightOfTheOperatorStaysInForce() throws Exception {
        String heavier = YAML.replace("127.0.0.1:1\" }", "127.0.0.1:1\", weight: 50 }");
        try (LiveNode node = LiveNode.start(directory, YAML)) {
            order(node, "b1", "weight", "7");
            node.write(heavier);

            assertThat(applied(node.reload()).changes())
                    .extracting(SettingChange::description)
                    .containsExactly("pools.shop.backends.b1.weight: 100 → 50 (lbctl's weight 7 stays in force)");

            order(node, "b1", "weight", "50");
            node.write(YAML);
            assertThat(applied(node.reload()).changes())
                    .extracting(SettingChange::description)
                    .as("the configured weight ended the operator's")
                    .containsExactly("pools.shop.backends.b1.weight: 50 → 100");
            JsonNode b1 = get(node, "/api/v1/pools")
                    .path("pools")
                    .get(0)
                    .path("backends")
                    .get(0);
            assertThat(b1.path("weight").asInt()).isEqualTo(100);
        }
    }

    @Test
    void readsTheTokenAgain() throws Exception {
        Path tokenFile = directory.resolve("token");
        Files.writeString(tokenFile, "the-first-token-of-all\n");
        String yaml = YAML.replace("127.0.0.1:0\" }", "127.0.0.1:0\", token-file: " + tokenFile + " }");
        try (LiveNode node = LiveNode.start(directory, yaml)) {
            Files.writeString(tokenFile, "the-second-token-of-all\n");
            assertThat(status(node, "the-second-token-of-all"))
                    .as("not read yet")
                    .isEqualTo(401);

            Change.Applied applied = applied(node.reload());

            assertThat(applied.changes())
                    .extracting(SettingChange::description)
                    .containsExactly("admin.token-file: another token is in " + tokenFile);
            assertThat(status(node, "the-first-token-of-all")).isEqualTo(401);
            assertThat(status(node, "the-second-token-of-all")).isEqualTo(200);
            assertThat(logged()).noneMatch(line -> line.contains("the-second-token"));

            Files.writeString(tokenFile, "short");
            assertThat(node.reload()).isInstanceOfSatisfying(Change.Refused.class, refused -> assertThat(refused.why())
                    .contains(tokenFile.toString(), "openssl rand -hex 32"));
            assertThat(status(node, "the-second-token-of-all")).as("still").isEqualTo(200);

            node.write(YAML);
            assertThat(applied(node.reload()).changes())
                    .extracting(SettingChange::description)
                    .containsExactly("admin.token-file: " + tokenFile + " → not set");
            assertThat(status(node, "whatever-it-may-be")).as("on the loopback").isEqualTo(200);
        }
    }

    @Test
    void putsTheLogLevelInForce() throws Exception {
        try (LiveNode node = LiveNode.start(directory, YAML)) {
            node.write(YAML + "log: { level: debug }\n");
            assertThat(applied(node.reload()).changes())
                    .extracting(SettingChange::description)
                    .containsExactly("log.level: info → debug");
            assertThat(logger("io.hawser.any").isEnabledForLevel(Level.DEBUG)).isTrue();

            node.write(YAML + "log: { format: json, access: stdout }\n");
            assertThat(applied(node.reload()).changes())
                    .extracting(SettingChange::description)
                    .containsExactly(
                            "log.format: logfmt → json (takes effect when the node is restarted)",
                            "log.access: off → stdout (takes effect when the node is restarted)",
                            "log.level: debug → info");
            assertThat(logger("io.hawser.any").isEnabledForLevel(Level.DEBUG)).isFalse();
        }
    }

    @Test
    void isRefusedWhileTheNodeDrains() throws Exception {
        LiveNode node = LiveNode.start(directory, YAML);
        node.close();

        assertThat(node.node().reload().get(60, TimeUnit.SECONDS)).isInstanceOf(Change.Refused.class);
    }

    private static Change.Applied applied(Change change) {
        assertThat(change).isInstanceOf(Change.Applied.class);
        return (Change.Applied) change;
    }

    private List<String> logged() {
        return new ArrayList<>(log.list)
                .stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }

    private static void order(LiveNode node, String backend, String what, String value) throws Exception {
        assertThat(post(
                        node,
                        "/api/v1/pools/shop/backends/" + backend + "/" + what,
                        "{\"" + what + "\":" + value + "}",
                        ""))
                .isEqualTo(200);
    }

    private static int status(LiveNode node, String token) throws Exception {
        return post(node, "/api/v1/pools/shop/backends/b1/state", "{\"state\":\"ready\"}", token);
    }

    private static int post(LiveNode node, String path, String body, String token) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(node.admin() + path))
                        .header("Content-Type", "application/json")
                        .header("Authorization", "Bearer " + token)
                        .POST(HttpRequest.BodyPublishers.ofString(body)))
                .statusCode();
    }

    private static JsonNode get(LiveNode node, String path) throws Exception {
        return AdminJson.mapper().readTree(text(node, path));
    }

    private static String text(LiveNode node, String path) throws Exception {
        return requireNonNull(
                send(HttpRequest.newBuilder(URI.create(node.admin() + path))).body());
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
