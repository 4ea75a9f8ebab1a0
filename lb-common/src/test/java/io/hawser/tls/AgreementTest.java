package io.hawser.tls;

import static io.hawser.tls.Hellos.inRecords;
import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.net.IpAddress;
import io.hawser.testing.Mutations;
import io.hawser.testing.Seeds;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No hello takes a route by a name or a protocol that a server behind reads otherwise. */
class AgreementTest {

    @ParameterizedTest
    @MethodSource("io.hawser.tls.Captures#names")
    void javasServerReadsRealHellosAsWeDo(String name) {
        byte[] wire = Captures.wire(name);
        ClientHello hello = Hellos.hello(wire);
        JavaServer server = JavaServer.receive(wire);
        assertThat(server.hostNames()).isEqualTo(hello.serverName() == null ? List.of() : List.of(hello.serverName()));
        if (server.protocols() != null) {
            assertThat(server.protocols()).isEqualTo(hello.alpn());
        }
    }

    @Test
    void javasServerReadsNoBrokenHelloOtherwise() {
        List<byte[]> captures = Captures.all();
        Seeds.rounds(200, random -> {
            byte[] capture = captures.get(random.nextInt(captures.size()));
            byte[] body = Mutations.mutate(Arrays.copyOfRange(capture, 9, capture.length), random);
            byte[] message = HelloBuilder.handshake(1, body);
            int cut = 1 + random.nextInt(message.length - 1);
            byte[] wire = inRecords(message, cut, message.length - cut);
            if (Hellos.read(wire) instanceof HelloResult.Complete complete) {
                agree(JavaServer.receive(wire), complete.hello());
            }
        });
    }

    private static void agree(JavaServer server, ClientHello hello) {
        for (String sent : server.hostNames()) {
            if (IpAddress.tryParse(sent) != null) {
                // RFC 6066 does not permit it; that Java's server takes it for a name leads to no other route.
                assertThat(hello.serverName()).isNull();
            } else {
                assertThat(hello.serverName()).isEqualTo(sent.toLowerCase(Locale.ROOT));
            }
        }
        if (server.protocols() != null) {
            assertThat(hello.alpn()).isEqualTo(server.protocols());
        }
    }
}
