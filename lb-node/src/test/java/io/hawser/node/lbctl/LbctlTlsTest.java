package io.hawser.node.lbctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.hawser.node.identity.KeptIdentity;
import io.hawser.node.identity.TestAuthority;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** lbctl with a node that speaks HTTPS: whom it believes, and what it says when it does not. */
final class LbctlTlsTest {

    private final TestAuthority authority = new TestAuthority("Authority");

    @TempDir
    private Path directory = Path.of("");

    private static void serving(HttpServer server) {
        server.createContext("/", exchange -> {
            byte[] body = "{\"pools\": []}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @Test
    void believesTheAuthorityThatItIsGiven() throws Exception {
        Path ca = Files.writeString(directory.resolve("ca.crt"), authority.pem());
        Path other = Files.writeString(directory.resolve("other.crt"), new TestAuthority("Other").pem());
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        HttpsServer secured = HttpsServer.create(any, 0);
        try (KeptIdentity identity =
                KeptIdentity.of(authority.files(directory, "admin.tls", "node"), Clock.systemUTC())) {
            secured.setHttpsConfigurator(
                    new HttpsConfigurator(identity.current().newContext()));
            serving(secured);
            int port = secured.getAddress().getPort();
            String url = "https://127.0.0.1:" + port;

            assertThat(Run.at(url, "pools", "--ca", ca.toString()).code()).isZero();
            assertThat(Run.in(Map.of("LBCTL_CA", ca.toString()), null, "--node", url, "pools")
                            .code())
                    .isZero();
            assertThat(Run.at(url, "pools").err()).contains("no authority that Java trusts", "--ca FILE");
            assertThat(Run.at(url, "pools", "--ca", other.toString()).err()).contains("no authority in " + other);
            assertThat(Run.at("https://localhost:" + port, "pools", "--ca", ca.toString())
                            .err())
                    .contains("for another name");
            assertThat(Run.at(url, "pools", "--ca", directory + "/none").err())
                    .contains("--ca: cannot read " + directory + "/none: there is no such file");
        } finally {
            secured.stop(0);
        }
    }
}
