package io.hawser.node.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hawser.node.testing.LeakGate;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each path of the admin address: what it answers, and what it says to those who ask wrongly. */
@ExtendWith(LeakGate.class)
final class EndpointsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static ServedNode served;

    @BeforeAll
    static void start() {
        served = new ServedNode();
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    @BeforeEach
    void quiet() {
        served.node.orders.clear();
        served.node.readiness = Readiness.yes();
        served.node.change = CompletableFuture.completedFuture(new Change.Applied("done"));
    }

    private static JsonNode json(HttpResponse<String> response) throws Exception {
        assertThat(response.headers().firstValue("content-type")).contains("application/json");
        assertThat(response.body()).endsWith("\n");
        return JSON.readTree(response.body());
    }

    @Test
    void livesAndServes() throws Exception {
        assertThat(served.get("/healthz").statusCode()).isEqualTo(200);

        HttpResponse<String> ready = served.get("/readyz");
        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(json(ready)).isEqualTo(JSON.readTree("{\"ready\": true, \"reasons\": [], \"warnings\": []}"));
    }

    @Test
    void saysWhyItIsNotReady() throws Exception {
        served.node.readiness = Readiness.no(List.of("the node is draining"));

        HttpResponse<String> ready = served.get("/readyz");

        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(json(ready))
                .isEqualTo(
                        JSON.readTree("{\"ready\": false, \"reasons\": [\"the node is draining\"], \"warnings\": []}"));
        assertThat(served.get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void showsTheNode() throws Exception {
        assertThat(json(served.get("/api/v1/status")))
                .isEqualTo(
                        JSON.readTree(
                                """
                                {"node": "lb1", "version": "1.2.3", "revision": "abc", "phase": "serving",
                                 "started": "2026-01-02T03:04:05.678Z", "uptime_seconds": 61, "java": "17.0.1",
                                 "transport": "epoll", "event_loops": 2,
                                 "configuration": {"file": "lb-node.yml", "loaded": "2026-01-02T03:04:05Z",
                                                   "last_reload_failed": false, "waits_for_restart": []},
                                 "connections": {"active": 1, "accepted": 2, "errors": 3},
                                 "bytes_in": 4, "bytes_out": 5}"""));
    }

    @Test
    void showsPoolsListenersAndConnections() throws Exception {
        assertThat(json(served.get("/api/v1/pools")))
                .isEqualTo(
                        JSON.readTree(
                                """
                                {"pools": [{"pool": "shop", "balance": "maglev", "fail_open": false,
                                  "affinity": {"by": ["client-ip"], "ttl_seconds": 1800, "entries": 7,
                                               "max_entries": 1000000},
                                  "backends": [{"backend": "b1", "address": "10.0.1.11:8443", "health": "up",
                                    "operator": "drain",
                                    "set_by": {"node": "lb2", "at": "2026-01-02T03:04:05Z"}, "weight": 100, "configured_weight": 80,
                                    "effective_weight": 50, "backup": false,
                                    "active": 3, "max_connections": 0, "connections": 12, "connect_failures": 1,
                                    "bytes_in": 1000, "bytes_out": 2000,
                                    "rates": {"connections": 0.5, "bytes_in": 10.0, "bytes_out": 20.0},
                                    "since_seconds": 60, "detail": null}]}]}"""));
        assertThat(json(served.get("/api/v1/listeners")))
                .isEqualTo(
                        JSON.readTree(
                                """
                                {"listeners": [{"listener": "https", "protocol": "tls", "addresses": ["[::]:443"],
                                  "active": 1, "max_connections": 100, "accepted": 9, "errors": {"not-tls": 2}}]}"""));
        assertThat(json(served.get("/api/v1/connections")))
                .isEqualTo(
                        JSON.readTree(
                                """
                                {"connections": [{"connection": 7, "listener": "https", "client": "192.0.2.7:1",
                                  "phase": "relay", "sni": null, "alpn": "h2", "pool": "shop", "backend": "b1",
                                  "reason": "balancer", "age_seconds": 1.5, "idle_seconds": 0.25, "bytes_in": 10,
                                  "bytes_out": 20}], "matching": 1}"""));
    }

    @Test
    void asksForTheConnectionsThatAreWanted() throws Exception {
        served.get("/api/v1/connections");
        served.get("/api/v1/connections?listener=https&pool=shop&backend=b1&client=192.0.2.0/24&limit=10000");

        assertThat(served.node.orders)
                .containsExactly(
                        "connections ConnectionFilter[listener=null, pool=null, backend=null, client=null] 100",
                        "connections ConnectionFilter[listener=https, pool=shop, backend=b1, client=192.0.2.0/24] 10000");
    }

    @ParameterizedTest
    @CsvSource({
        "limit=0, limit must be a whole number from 1 to 10000",
        "limit=10001, limit must be a whole number from 1 to 10000",
        "limit=, limit must be a whole number from 1 to 10000",
        "limit=1e3, limit must be a whole number from 1 to 10000",
        "client=nobody, client:",
        "client=192.0.2.0/33, client:",
        "pool=a&pool=b, pool is given twice",
        "user=x, there is no such parameter; there are listener",
        "limit=%zz, broken %-escape",
    })
    void refusesWrongFilters(String query, String why) throws Exception {
        RawClient.Response response;
        try (RawClient client = served.connect()) {
            response = client.send(
                            "GET /api/v1/connections?" + query + " HTTP/1.1\r\nHost: " + served.host() + "\r\n\r\n")
                    .read();
        }
        assertThat(response.status()).isEqualTo(400);
        assertThat(response.body()).contains("\"error\":\"bad_request\"").contains(why);
        assertThat(served.node.orders).isEmpty();
    }

    @Test
    void changesBackends() throws Exception {
        HttpResponse<String> drained = served.post("/api/v1/pools/shop/backends/b1/state", "{\"state\": \"drain\"}");
        assertThat(drained.statusCode()).isEqualTo(200);
        assertThat(json(drained))
                .isEqualTo(JSON.readTree("{\"summary\": \"done\", \"changes\": [], \"pending\": null}"));
        served.post("/api/v1/pools/shop/backends/b1/weight", "{\"weight\": 0}");
        served.post("/api/v1/pools/a%2Fb/backends/c+d/weight", "{\"weight\": 1000}");
        served.post("/api/v1/reload", "");
        served.post("/api/v1/reload", "{}");

        assertThat(served.node.orders)
                .containsExactly("shop/b1 DRAIN", "shop/b1 0", "a/b/c+d 1000", "reload", "reload");
    }

    @Test
    void saysWhereAChangeMayNotBeInForceYet() throws Exception {
        served.node.change = CompletableFuture.completedFuture(new Change.Kept("done", "lb2 has not confirmed"));

        HttpResponse<String> kept = served.post("/api/v1/pools/shop/backends/b1/state", "{\"state\": \"drain\"}");

        assertThat(kept.statusCode()).isEqualTo(202);
        assertThat(json(kept).path("summary").asText()).isEqualTo("done");
        assertThat(json(kept).path("pending").asText()).isEqualTo("lb2 has not confirmed");
    }

    @Test
    void saysWhyAChangeCantBeMadeNow() throws Exception {
        served.node.change = CompletableFuture.completedFuture(new Change.Unavailable("ZooKeeper is lost"));

        HttpResponse<String> refused = served.post("/api/v1/pools/shop/backends/b1/weight", "{\"weight\": 1}");

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(json(refused).path("error").asText()).isEqualTo("unavailable");
        assertThat(json(refused).path("message").asText()).isEqualTo("ZooKeeper is lost");
    }

    @Test
    void showsTheNodesThatActAsOne() throws Exception {
        assertThat(json(served.get("/api/v1/nodes")))
                .isEqualTo(
                        JSON.readTree(
                                """
                                {"coordination": "zookeeper", "connected": false, "problems": ["ZooKeeper is lost"],
                                 "nodes": [{"node": "lb1", "self": true, "address": "10.0.0.11", "cluster_port": 5701,
                                            "admin": "http://10.0.0.11:9900", "version": "1.2.3",
                                            "started": "2026-01-02T03:04:05Z",
                                            "sharing": {"changes_waiting": 0, "lag_seconds": 0.5, "backups_in_sync": true,
                                                        "safe_to_stop": true, "unsafe": []}}]}
                                """));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "state | {\"state\": \"away\"} | state must be one of: \\\"ready\\\", \\\"drain\\\", \\\"down\\\"",
                "state | {\"state\": 1} | state must be one of",
                "state | {} | exactly these keys: state",
                "state | [\"state\"] | exactly these keys: state",
                "state | {\"state\": \"drain\", \"force\": true} | exactly these keys: state",
                "state | '' | exactly these keys: state",
                "state | {\"state\": \"drain\" | the body is not JSON",
                "state | {\"state\": \"drain\"} {} | the body is not JSON",
                "weight | {\"weight\": -1} | weight must be a whole number from 0 to 1000",
                "weight | {\"weight\": 1001} | weight must be a whole number from 0 to 1000",
                "weight | {\"weight\": 1.5} | weight must be a whole number from 0 to 1000",
                "weight | {\"weight\": \"5\"} | weight must be a whole number from 0 to 1000",
                "weight | {\"weight\": 99999999999999999999} | weight must be a whole number from 0 to 1000",
            })
    void refusesWrongChanges(String what, String body, String why) throws Exception {
        HttpResponse<String> response = served.post("/api/v1/pools/shop/backends/b1/" + what, body);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains(why);
        assertThat(served.node.orders).isEmpty();
    }

    @Test
    void takesNoBodyForAReload() throws Exception {
        assertThat(served.post("/api/v1/reload", "{\"file\": \"/etc/passwd\"}").statusCode())
                .isEqualTo(400);
        assertThat(served.node.orders).isEmpty();
    }

    @Test
    void saysWhyAChangeIsNotInForce() throws Exception {
        served.node.change = CompletableFuture.completedFuture(
                new Change.Refused("lb-node.yml has errors", List.of("lb-node.yml:1:1: no", "lb-node.yml:2:2: no")));
        HttpResponse<String> refused = served.post("/api/v1/reload", "");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(json(refused))
                .isEqualTo(
                        JSON.readTree(
                                """
                                {"error": "refused", "message": "lb-node.yml has errors",
                                 "problems": ["lb-node.yml:1:1: no", "lb-node.yml:2:2: no"]}"""));

        served.node.change =
                CompletableFuture.completedFuture(new Change.NotFound("there is no pool shop; there is x"));
        HttpResponse<String> missing = served.post("/api/v1/pools/shop/backends/b1/weight", "{\"weight\": 1}");
        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(json(missing).get("message").asText()).isEqualTo("there is no pool shop; there is x");
    }

    @Test
    void saysWithoutDetailsThatItFailed() throws Exception {
        served.node.change = CompletableFuture.failedFuture(new IllegalStateException("secret detail"));

        HttpResponse<String> response = served.post("/api/v1/reload", "");

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).contains("\"error\":\"internal\"").doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/nothing",
                "/api/v1",
                "/api/v1/pools/shop",
                "/api/v1/pools/shop/backends/b1",
                "/api/v1/pools/shop/backends/b1/name",
                "/healthz/",
                "//healthz",
                "/api/v1/pools/shop/servers/b1/state",
            })
    void saysWhatThereIsInstead(String path) throws Exception {
        HttpResponse<String> response = served.get(path);

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(json(response).get("message").asText())
                .contains("/healthz", "/readyz", "/metrics", "/api/v1/status", "/api/v1/reload");
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /healthz, 'GET, HEAD'",
        "POST, /metrics, 'GET, HEAD'",
        "POST, /api/v1/pools, 'GET, HEAD'",
        "POST, /api/v1/connections, 'GET, HEAD'",
        "DELETE, /api/v1/status, 'GET, HEAD'",
        "OPTIONS, /api/v1/reload, POST",
        "GET, /api/v1/reload, POST",
        "HEAD, /api/v1/reload, POST",
        "PUT, /api/v1/pools/shop/backends/b1/weight, POST",
        "GET, /api/v1/pools/shop/backends/b1/state, POST",
    })
    void saysWhichMethodsAPathTakes(String method, String path, String allowed) throws Exception {
        HttpResponse<String> response = served.send(served.request(path)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.noBody()));

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("allow")).contains(allowed);
        assertThat(served.node.orders).isEmpty();
    }

    @Test
    void heedsOnlyTheBeginningOfAHeadRequest() throws Exception {
        try (RawClient client = served.connect()) {
            String head = " HTTP/1.1\r\nHost: " + served.host() + "\r\n\r\n";
            RawClient.Response whole = client.send("GET /api/v1/pools" + head).read();
            RawClient.Response headOnly =
                    client.send("HEAD /api/v1/pools" + head).readHead();
            // If a body had come, it would be taken for the beginning of this answer.
            RawClient.Response next = client.send("GET /healthz" + head).read();

            assertThat(headOnly.status()).isEqualTo(200);
            assertThat(headOnly.headers()).isEqualTo(whole.headers()).containsKey("content-length");
            assertThat(next.status()).isEqualTo(200);
        }
    }

    @Test
    void everyAnswerIsFreshAndWhatItSaysItIs() throws Exception {
        for (String path : List.of("/healthz", "/metrics", "/api/v1/status", "/nothing")) {
            assertThat(served.get(path).headers().map())
                    .as(path)
                    .containsEntry("cache-control", List.of("no-store"))
                    .containsEntry("x-content-type-options", List.of("nosniff"));
        }
    }
}
