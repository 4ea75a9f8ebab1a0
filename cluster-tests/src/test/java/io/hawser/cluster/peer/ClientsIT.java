package io.hawser.cluster.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.cluster.harness.Backend;
import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.Facts;
import io.hawser.cluster.harness.JdkServer;
import io.hawser.cluster.harness.LbNode;
import io.hawser.cluster.harness.Nginx;
import io.hawser.cluster.harness.OpensslServer;
import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.harness.TlsClient;
import io.hawser.cluster.harness.Tool;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every client that people use, through one node to every kind of server: each server has a listener of its own. */
final class ClientsIT {

    private static final String REQUEST = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";

    @RegisterExtension
    static final Testbed bed = new Testbed();

    private static LbNode node;

    @BeforeAll
    static void start() throws IOException, GeneralSecurityException {
        Nginx nginx = bed.nginx("nginx");
        OpensslServer openssl = bed.opensslServer("openssl", "-www");
        JdkServer jdk = bed.jdkServer("jdk");
        Configuration configuration = new Configuration();
        for (Backend server : List.of(nginx, openssl, jdk)) {
            configuration.listener(server.id()).route(server.id());
            // openssl s_server takes one connection after the other: a probe that dawdles would stop the rest.
            configuration.pool(server.id()).backends(server).health("check", "none");
        }
        node = bed.node(configuration);
    }

    @AfterAll
    static void nothingWentWrongInside() {
        assertThat(node.complaints()).isEmpty();
        assertThat(node.metrics().sum("hawser_connection_errors_total")).isZero();
    }

    private static String authority() {
        return bed.certificates().authority().toString();
    }

    private static String address(String server) {
        return "127.0.0.1:" + node.address(server).getPort();
    }

    @ParameterizedTest
    @CsvSource({"--http1.1, nginx, 1.1", "--http2, nginx, 2", "--http1.1, jdk, 1.1", "--http1.1, openssl, 1.0"})
    void curl(String version, String server, String spoken) throws IOException {
        int port = node.address(server).getPort();

        String answer = bed.run(
                Tool.CURL,
                "-sS",
                "-i",
                version,
                "--cacert",
                authority(),
                "--max-time",
                "30",
                "--connect-to",
                "::127.0.0.1:" + port,
                "https://www.example.com:" + port + "/");

        assertThat(answer).matches("(?s)HTTP/" + spoken + " 200.*");
        assertThat(answer)
                .contains(
                        switch (server) {
                            case "jdk" -> "server-name=www.example.com";
                            case "openssl" -> "s_server";
                            default -> "nginx";
                        });
    }

    @ParameterizedTest
    @CsvSource({
        "-tls1_2, nginx, TLSv1.2", "-tls1_3, nginx, TLSv1.3",
        "-tls1_2, openssl, TLSv1.2", "-tls1_3, openssl, TLSv1.3",
        "-tls1_2, jdk, TLSv1.2", "-tls1_3, jdk, TLSv1.3"
    })
    void opensslClientWithResumption(String version, String server, String protocol) throws IOException {
        Path session = bed.directory("sessions").resolve(server + version);

        String first = opensslClient(server, version, "-sess_out", session.toString());
        String second = opensslClient(server, version, "-sess_in", session.toString());

        assertThat(first).contains("New, " + protocol + ", Cipher is", "subject=CN = " + server, "200 ");
        assertThat(second).contains("Reused, " + protocol + ", Cipher is", "200 ");
    }

    private static String opensslClient(String server, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                "s_client",
                "-connect",
                address(server),
                "-servername",
                "www.example.com",
                "-CAfile",
                authority(),
                "-verify_return_error",
                "-ign_eof"));
        all.addAll(List.of(arguments));
        return bed.runWith(REQUEST, Tool.OPENSSL, all.toArray(String[]::new));
    }

    @Test
    void opensslClientSendsEarlyData() throws IOException {
        Path session = bed.directory("sessions").resolve("early");
        Path request = session.resolveSibling("request");
        Files.writeString(request, REQUEST);
        String unused = opensslClient("nginx", "-tls1_3", "-sess_out", session.toString());

        String answer = bed.run(
                Tool.OPENSSL,
                "s_client",
                "-connect",
                address("nginx"),
                "-servername",
                "www.example.com",
                "-CAfile",
                authority(),
                "-verify_return_error",
                "-ign_eof",
                "-tls1_3",
                "-sess_in",
                session.toString(),
                "-early_data",
                request.toString());

        assertThat(answer).contains("Early data was accepted", "HTTP/1.1 200 OK");
    }

    @ParameterizedTest
    @CsvSource({"1.2, nginx", "1.3, nginx", "1.2, openssl", "1.3, openssl", "1.2, jdk", "1.3, jdk"})
    void gnutlsClientWithResumption(String version, String server) throws IOException {
        OsProcess client = bed.runWhatever(
                REQUEST,
                Tool.GNUTLS_CLI,
                "--resume",
                "--waitresumption",
                "--x509cafile",
                authority(),
                "--sni-hostname",
                "www.example.com",
                "--verify-hostname",
                "www.example.com",
                "--priority",
                "NORMAL:-VERS-ALL:+VERS-TLS" + version,
                "--port",
                String.valueOf(node.address(server).getPort()),
                "127.0.0.1");

        // It takes the JDK's user_canceled, which comes before each close_notify, for a failure: its exit code says
        // nothing.
        assertThat(client.output())
                .contains("- Description: (TLS" + version, "*** This is a resumed session", "200 ", "CN=" + server);
    }

    @ParameterizedTest
    @CsvSource({"nginx, HTTP_2", "jdk, HTTP_1_1"})
    void javaHttpClient(String server, HttpClient.Version version) throws Exception {
        HttpClient client = HttpClient.newBuilder()
                .sslContext(bed.certificates().clientContext())
                .build();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("https://localhost:" + node.address(server).getPort() + "/"))
                .build();

        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.version()).isEqualTo(version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void javaClientWithResumption(String version) throws IOException, GeneralSecurityException {
        TlsClient client = bed.client(node.address("jdk"));
        List<Facts> answers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            try (TlsClient.Connection connection = client.connect(version)) {
                answers.add(connection.ask());
                answers.add(connection.ask());
            }
        }

        assertThat(answers).extracting(Facts::tls).containsOnly(version);
        assertThat(answers).extracting(Facts::resumed).containsExactly(false, false, true, true);
        assertThat(answers).extracting(Facts::requests).containsExactly(1, 2, 1, 2);
    }

    @ParameterizedTest
    @CsvSource({"nginx, ''", "jdk, --h1"})
    void h2load(String server, String version) throws IOException {
        List<String> arguments = Stream.of(
                        "-n", "10000", "-c", "50", "-m", "10", version, "https://" + address(server) + "/")
                .filter(argument -> !argument.isEmpty())
                .toList();

        String report = bed.run(Tool.H2LOAD, arguments.toArray(String[]::new));

        assertThat(report).contains("10000 succeeded, 0 failed, 0 errored, 0 timeout");
        assertThat(report).contains("Application protocol: " + (version.isEmpty() ? "h2" : "http/1.1"));
    }
}
