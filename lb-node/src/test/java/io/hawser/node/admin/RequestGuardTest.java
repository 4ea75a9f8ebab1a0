package io.hawser.node.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.node.testing.LeakGate;
import io.hawser.node.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may ask, and who may change: pages of other sites may not, with or without a token. */
@ExtendWith(LeakGate.class)
final class RequestGuardTest {

    private static final String TOKEN = "0123456789abcdef0123456789abcdef";
    private static final String JSON = "Content-Type: application/json\r\n";

    private static ServedNode open;
    private static ServedNode closed;

    @BeforeAll
    static void start(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("token"), TOKEN + "\n");
        open = new ServedNode();
        closed = new ServedNode(AdminToken.read(file), AdminLimits.DEFAULT, Transport.of(Transport.Choice.AUTO));
    }

    @AfterAll
    static void stop() {
        open.close();
        closed.close();
    }

    @BeforeEach
    void quiet() {
        open.node.orders.clear();
        closed.node.orders.clear();
    }

    private static RawClient.Response reload(ServedNode served, String host, String headers) throws IOException {
        try (RawClient client = served.connect()) {
            return client.send("POST /api/v1/reload HTTP/1.1\r\nHost: " + host + "\r\n" + headers
                            + "Content-Length: 0\r\n\r\n")
                    .read();
        }
    }

    @Test
    void takesAChangeOfItsOwnPageAndOfPrograms() throws Exception {
        String host = open.host();
        assertThat(reload(open, host, JSON).status()).isEqualTo(200);
        assertThat(reload(open, host, JSON + "Origin: http://" + host + "\r\n").status())
                .isEqualTo(200);
        assertThat(reload(open, host, "Content-Type: Application/JSON; charset=utf-8\r\n")
                        .status())
                .isEqualTo(200);
        assertThat(open.node.orders).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://evil.example",
                "null",
                "http://127.0.0.1",
                "http://127.0.0.1:1",
                "http://localhost",
                "file://",
                "",
            })
    void refusesAChangeOfAnotherSitesPage(String origin) throws Exception {
        RawClient.Response response = reload(open, open.host(), JSON + "Origin: " + origin + "\r\n");

        assertThat(response.status()).isEqualTo(403);
        assertThat(response.body()).contains("forbidden_origin");
        assertThat(open.node.orders).isEmpty();
    }

    /** What a page may send to another site without asking it first. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Content-Type: text/plain\r\n",
                "Content-Type: text/plain; application/json\r\n",
                "Content-Type: application/x-www-form-urlencoded\r\n",
                "Content-Type: multipart/form-data; boundary=x\r\n",
            })
    void refusesAChangeThatAFormCouldSend(String contentType) throws Exception {
        RawClient.Response response = reload(open, open.host(), contentType);

        assertThat(response.status()).isEqualTo(415);
        assertThat(response.body()).contains("Content-Type: application/json");
        assertThat(open.node.orders).isEmpty();
    }

    @Test
    void allowsNoPageToAskForMore() throws Exception {
        try (RawClient client = open.connect()) {
            RawClient.Response preflight = client.send("OPTIONS /api/v1/reload HTTP/1.1\r\nHost: " + open.host()
                            + "\r\nOrigin: http://evil.example\r\nAccess-Control-Request-Method: POST\r\n"
                            + "Access-Control-Request-Headers: content-type\r\n\r\n")
                    .read();
            assertThat(preflight.status()).isEqualTo(405);
            assertThat(preflight.headers().keySet()).noneMatch(name -> name.startsWith("access-control-"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LocalHost:9900", "127.0.0.1", "127.9.9.9:1", "[::1]", "[::1]:9900"})
    void answersToTheNamesOfTheLoopback(String host) throws Exception {
        assertThat(reload(open, host, JSON).status()).isEqualTo(200);
    }

    /** A name of a stranger's that leads to 127.0.0.1 would make his page one of this server's own. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:9900",
                "127.0.0.1.evil.example",
                "localhost.evil.example",
                "127.0.0.1@evil.example",
                "[::1].evil.example",
                "[::1",
                "[localhost]",
                "10.0.0.1",
                "127.1",
                "127.0.0.1:x",
                "localhost:9900:1",
                "",
            })
    void answersToNoOtherName(String host) throws Exception {
        RawClient.Response change = reload(open, host, JSON);
        assertThat(change.status()).isEqualTo(403);
        assertThat(change.body()).contains("forbidden_host");
        assertThat(open.node.orders).isEmpty();
        try (RawClient client = open.connect()) {
            assertThat(client.send("GET /api/v1/connections HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
                            .read()
                            .status())
                    .isEqualTo(403);
        }
    }

    @Test
    void wantsOneHost() throws Exception {
        try (RawClient client = open.connect()) {
            assertThat(client.send("GET /healthz HTTP/1.1\r\n\r\n").read().status())
                    .isEqualTo(400);
        }
        try (RawClient client = open.connect()) {
            assertThat(client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n")
                            .read()
                            .status())
                    .isEqualTo(400);
        }
        try (RawClient client = open.connect()) {
            assertThat(client.send("GET /healthz HTTP/1.0\r\n\r\n").read().status())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({"Bearer", "bearer", "BEARER"})
    void takesAChangeWithTheToken(String scheme) throws Exception {
        RawClient.Response response =
                reload(closed, closed.host(), JSON + "Authorization: " + scheme + " " + TOKEN + "\r\n");

        assertThat(response.status()).isEqualTo(200);
        assertThat(closed.node.orders).containsExactly("reload");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer wrong",
                "Bearer 0123456789abcdef0123456789abcde",
                "Bearer 0123456789abcdef0123456789abcdef0",
                "Bearer 0123456789ABCDEF0123456789abcdef",
                "Bearer",
                "Bearer ",
                "Basic 0123456789abcdef0123456789abcdef",
                "0123456789abcdef0123456789abcdef",
                "",
            })
    void refusesAChangeWithAWrongToken(String authorization) throws Exception {
        RawClient.Response response = reload(closed, closed.host(), JSON + "Authorization: " + authorization + "\r\n");

        assertThat(response.status()).isEqualTo(401);
        assertThat(response.headers()).containsEntry("www-authenticate", "Bearer realm=\"hawser\"");
        assertThat(response.body()).contains("this is not the node's token").doesNotContain(TOKEN);
        assertThat(closed.node.orders).isEmpty();
    }

    @Test
    void saysWhereTheTokenIsWhenThereIsNone() throws Exception {
        RawClient.Response response = reload(closed, closed.host(), JSON);

        assertThat(response.status()).isEqualTo(401);
        assertThat(response.body()).contains("Authorization: Bearer TOKEN", "admin.token-file");
    }

    @Test
    void lookingNeedsNoTokenAndShowsNone() throws Exception {
        for (String path : new String[] {
            "/healthz", "/readyz", "/metrics", "/api/v1/status", "/api/v1/pools", "/api/v1/listeners", "/nothing"
        }) {
            assertThat(closed.get(path).body()).as(path).isNotEmpty().doesNotContain(TOKEN);
        }
    }
}
