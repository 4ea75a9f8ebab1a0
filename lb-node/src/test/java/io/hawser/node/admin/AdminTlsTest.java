package io.hawser.node.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hawser.node.identity.Authorities;
import io.hawser.node.identity.IdentityFiles;
import io.hawser.node.identity.KeptIdentity;
import io.hawser.node.identity.TestAuthority;
import io.hawser.node.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The admin server over TLS: nothing in the clear, large answers whole, and certificates that are renewed. */
final class AdminTlsTest {

    private final TestAuthority authority = new TestAuthority("Authority");

    @TempDir
    private Path directory = Path.of("");

    private int status(ServedNode served, TestAuthority believed) throws Exception {
        Path file = Files.writeString(directory.resolve("believed.crt"), believed.pem());
        HttpClient client = HttpClient.newBuilder()
                .sslContext(Authorities.context("ca", file))
                .build();
        return client.send(
                        HttpRequest.newBuilder(URI.create("https://" + served.host() + "/metrics"))
                                .timeout(Duration.ofSeconds(30))
                                .build(),
                        BodyHandlers.ofString())
                .statusCode();
    }

    @Test
    void speaksHttpsAndNothingElse() throws Exception {
        IdentityFiles files = authority.files(directory, "admin.tls", "node");
        try (KeptIdentity identity = KeptIdentity.of(files, Clock.systemUTC());
                ServedNode served =
                        new ServedNode(null, identity, AdminLimits.DEFAULT, Transport.of(Transport.Choice.AUTO))) {
            assertThat(status(served, authority)).isEqualTo(200);

            assertThat(inTheClear(served)).doesNotContain("HTTP", "hawser");
            TestAuthority other = new TestAuthority("Other");
            assertThatThrownBy(() -> status(served, other)).isInstanceOf(IOException.class);

            TestAuthority.write(files, other.issue("renewed", UnaryOperator.identity()), other);
            identity.look();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(status(served, other)).isEqualTo(200));
        }
    }

    private static String inTheClear(ServedNode served) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), served.address().getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write("GET /metrics HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (java.net.SocketException e) {
            return "";
        }
    }
}
