package io.hawser.node.lbctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whatever answers at the address: lbctl ends in time, with exit code 1, and says what to do. */
final class NodeClientTest {

    /** What is done with each connection, after the head of its request. */
    private interface Script {
        void serve(OutputStream out, Socket socket) throws Exception;
    }

    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<String> requests = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    @Test
    void nobodyListens() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        assertThat(failure("http://127.0.0.1:" + port, "status"))
                .startsWith("lbctl: cannot connect to http://127.0.0.1:" + port)
                .contains("is the node running?", "--node URL");
    }

    @Test
    void theHostIsUnknown() throws Exception {
        assertThat(failure("http://no-such-host.invalid:9900", "status"))
                .contains("no address is known for the host", "--node");
    }

    @Test
    void theServerSpeaksSomethingElse() throws Exception {
        assertThat(failure(serving((out, socket) -> out.write(bytes("220 mail.example.com ESMTP\r\n"))), "status"))
                .contains("does not speak HTTP", "--node");
        assertThat(failure(serving((out, socket) -> {}), "status")).contains("lost the connection", "http://127.0.0.1");
    }

    @Test
    void theAnswerIsNoJson() throws Exception {
        String url = serving((out, socket) -> answer(out, "200 OK", "<html>\u001b[2Jwelcome</html>"));

        for (String form : List.of("table", "json")) {
            assertThat(failure(url, "status", "-o", form))
                    .contains("something else than JSON", "<html>\\u001b[2J", "--node");
        }
    }

    @Test
    void theAnswerIsOtherJson() throws Exception {
        String url = serving((out, socket) -> answer(out, "200 OK", "{\"hello\": [1, 2]}"));

        assertThat(failure(url, "status")).contains("does not answer as a node of this version", "lbctl --version");
        assertThat(failure(url, "pools")).contains("it has no list 'pools'");
        assertThat(failure(url, "connections")).contains("does not answer as a node of this version");
        assertThat(Run.at(url, "status", "-o", "json").out())
                .as("as it is, for whoever wants it")
                .isEqualTo("{\"hello\": [1, 2]}");
        assertThat(failure(serving((out, socket) -> answer(out, "200 OK", "[null]")), "pools"))
                .contains("it has no list 'pools'");
    }

    @Test
    void theServerRefuses() throws Exception {
        assertThat(failure(serving((out, socket) -> answer(out, "404 Not Found", "<h1>Not Found</h1>")), "status"))
                .contains("http status 404", "--node");
        assertThat(failure(serving((out, socket) -> answer(out, "500 Oops", "")), "reload"))
                .contains("http status 500");
        assertThat(failure(
                        serving((out, socket) -> answer(
                                out,
                                "409 Conflict",
                                "{\"error\":\"refused\",\"message\":\"no\u009b\",\"problems\":[\"a\",\"b\"]}")),
                        "reload"))
                .isEqualTo("lbctl: no\\u009b\n  a\n  b\n");
        assertThat(failure(serving((out, socket) -> answer(out, "302 Found", "")), "status"))
                .as("to nowhere else")
                .contains("http status 302");
    }

    @Test
    void theServerTakesForEver() throws Exception {
        String silent = serving((out, socket) -> socket.getInputStream().read());
        String dripping = serving((out, socket) -> {
            out.write(bytes("HTTP/1.1 200 OK\r\n\r\n"));
            while (true) {
                out.write(' ');
                out.flush();
                Thread.onSpinWait();
                // As slow as its reader: the pipe between them is full most of the time.
                socket.setSendBufferSize(1);
            }
        });

        for (String url : List.of(silent, dripping)) {
            long start = System.nanoTime();
            assertThat(failure(url, "status", "--request-timeout", "0.3"))
                    .contains("did not answer within 0.3 s", "--request-timeout");
            assertThat(System.nanoTime() - start).isLessThan(20_000_000_000L);
        }
    }

    @Test
    void aNodeThatIsNotSafeToStopIsWaitedFor() throws Exception {
        String url = serving((out, socket) -> answer(
                out,
                "200 OK",
                """
                {"coordination": "zookeeper", "connected": true, "problems": [], "nodes": [{"node": "lb1", "self": true,
                 "address": "10.0.0.11", "cluster_port": 5701, "admin": "http://10.0.0.11:9900", "version": "1.2.3",
                 "started": "2026-01-02T03:04:05Z", "sharing": {"changes_waiting": 0, "lag_seconds": 0,
                 "backups_in_sync": true, "safe_to_stop": false, "unsafe": [%s]}}]}
                """
                        .formatted(requests.size() < 3 ? "\"no second copy\"" : "")));

        Run run = Run.at(url, "nodes", "--wait-safe");

        assertThat(run.code()).isZero();
        assertThat(run.lines().get(1)).startsWith("lb1 *");
        assertThat(requests).hasSizeBetween(3, 4);
        requests.clear();
        assertThat(failure(url, "nodes", "--wait-safe", "--timeout", "0s")).contains("after 0s", "\n  no second copy");
    }

    @Test
    void aChangeIsNeverSentTwice() throws Exception {
        String url = serving((out, socket) -> {});

        assertThat(failure(url, "reload")).contains("lost the connection");

        assertThat(requests).containsExactly("POST /api/v1/reload HTTP/1.1");
    }

    @Test
    void aPathBeforeTheApiIsKept() throws Exception {
        String url = serving((out, socket) -> answer(out, "200 OK", "{}"));

        Run.at(url + "/lb1/", "-o", "json", "connections", "--listener", "a&b c", "--client", "2001:db8::/32");

        assertThat(requests)
                .containsExactly(
                        "GET /lb1/api/v1/connections?listener=a%26b%20c&client=2001%3Adb8%3A%3A%2F32&limit=100 HTTP/1.1");
    }

    private static String failure(String url, String... args) {
        Run run = Run.at(url, args);
        assertThat(run.out()).isEmpty();
        assertThat(run.code()).isEqualTo(1);
        return run.err();
    }

    private String serving(Script script) throws IOException {
        ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        open.add(listening);
        Thread thread = new Thread(
                () -> {
                    while (!listening.isClosed()) {
                        try (Socket socket = listening.accept()) {
                            String head = head(socket.getInputStream());
                            synchronized (requests) {
                                requests.add(head.lines().findFirst().orElse(""));
                            }
                            script.serve(socket.getOutputStream(), socket);
                        } catch (Exception e) {
                            // The client has gone, or the test is over.
                        }
                    }
                },
                "script");
        thread.setDaemon(true);
        thread.start();
        return "http://127.0.0.1:" + listening.getLocalPort();
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            head.append((char) next);
        }
        int length = head.indexOf("Content-Length: ");
        if (length >= 0) {
            in.readNBytes(Integer.parseInt(head.substring(length + "Content-Length: ".length())
                    .lines()
                    .findFirst()
                    .orElseThrow()));
        }
        return head.toString();
    }

    private static void answer(OutputStream out, String status, String body) throws IOException {
        out.write(
                bytes("HTTP/1.1 " + status + "\r\nConnection: close\r\nLocation: http://127.0.0.1:1/\r\n\r\n" + body));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
