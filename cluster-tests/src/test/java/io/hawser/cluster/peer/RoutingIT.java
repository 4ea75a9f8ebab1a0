package io.hawser.cluster.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.JdkServer;
import io.hawser.cluster.harness.LbNode;
import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.harness.TlsClient;
import io.hawser.cluster.harness.Tool;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which pool a client reaches by what it asks for, over IPv4 and IPv6. */
final class RoutingIT {

    @RegisterExtension
    static final Testbed bed = new Testbed();

    private static LbNode node;

    @BeforeAll
    static void start() throws IOException, GeneralSecurityException {
        Configuration configuration = new Configuration();
        configuration
                .listener("https")
                .bind("127.0.0.1:0", "[::1]:0")
                .routeNames("shop", "shop.example.com")
                .routeProtocols("mail", "imap")
                .routeNames("any", "*.example.com");
        for (String pool : List.of("shop", "mail", "any")) {
            JdkServer server = bed.jdkServer(pool, pool.equals("shop") ? "::1" : "127.0.0.1");
            configuration.pool(pool).backends(server);
        }
        node = bed.node(configuration);
    }

    @AfterAll
    static void nothingWentWrongInside() {
        assertThat(node.complaints()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "shop.example.com, http/1.1, shop",
        "SHOP.Example.COM, http/1.1, shop",
        "shop.example.com, imap, shop",
        "www.example.com, imap, mail",
        "localhost, imap, mail",
        "www.example.com, http/1.1, any"
    })
    void theFirstRouteThatMatchesTakesTheClient(String name, String protocol, String pool)
            throws IOException, GeneralSecurityException {
        for (InetSocketAddress address : node.addresses("https")) {
            TlsClient client = bed.client(address).name(name).protocols(protocol);

            assertThat(client.ask().backend()).as("by %s", address).isEqualTo(pool);
        }
    }

    @Test
    void clientsReachTheNodeByIpv6() throws IOException, GeneralSecurityException {
        InetSocketAddress address = node.addresses("https").get(1);

        assertThat(address.getAddress()).isInstanceOf(Inet6Address.class);
        assertThat(bed.client(address).name("shop.example.com").ask().client()).startsWith("[0:0:0:0:0:0:0:1]:");
    }

    @ParameterizedTest
    @CsvSource({"localhost", "example.com", "a.b.example.com", "example.org"})
    void aNameWithoutARouteGetsTheAlert(String name) throws IOException, GeneralSecurityException {
        double before = refused();
        TlsClient client = bed.client(node.address("https")).name(name);

        assertThatThrownBy(client::connect).isInstanceOf(SSLException.class).hasMessageContaining("unrecognized_name");
        assertThat(refused()).isEqualTo(before + 1);
    }

    @Test
    void opensslUnderstandsTheAlert() throws IOException {
        OsProcess client = bed.runWhatever(
                "",
                Tool.OPENSSL,
                "s_client",
                "-connect",
                "127.0.0.1:" + node.address("https").getPort(),
                "-servername",
                "example.org");

        assertThat(client.output()).contains("unrecognized name", "SSL alert number 112");
    }

    private static double refused() {
        return node.metrics().sum("hawser_connection_errors_total", "listener", "https", "reason", "no-route");
    }
}
