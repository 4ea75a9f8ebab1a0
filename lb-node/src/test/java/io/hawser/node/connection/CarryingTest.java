package io.hawser.node.connection;

import static io.hawser.node.connection.ListenerSpec.tcp;
import static io.hawser.node.connection.ListenerSpec.tls;
import static io.hawser.node.connection.PoolSpec.pool;
import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.node.testing.LeakGate;
import io.hawser.node.transport.Transport;
import io.hawser.tls.HelloBuilder;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connections that nothing goes wrong with. */
@ExtendWith(LeakGate.class)
class CarryingTest {

    @OnEveryTransport
    void carriesAHelloAndWhatFollowsBothWays(Transport.Choice transport) throws Exception {
        byte[] hello = new HelloBuilder().serverName("shop.example.com").record();
        try (TestServer echo = TestServer.echo();
                Rig rig = new Rig(transport)
                        .pools(pool("web", echo))
                        .listen(tls("https").to("web"))) {
            try (Peer client = rig.connect("https")) {
                client.send(hello);
                assertThat(client.read(hello.length)).isEqualTo(hello);
                client.send("and more").halfClose();
                assertThat(client.readToEnd().text()).isEqualTo("and more");
            }
            Rig.AccessLine end = rig.awaitEnd();
            assertThat(end.ending()).isEqualTo("done");
            assertThat(end.field("sni")).isEqualTo("shop.example.com");
            assertThat(end.field("bytes_in")).isEqualTo(String.valueOf(hello.length + 8));
            assertThat(end.field("bytes_out")).isEqualTo(String.valueOf(hello.length + 8));
        }
    }

    @OnEveryTransport
    void letsTheServerSpeakFirst(Transport.Choice transport) throws Exception {
        try (TestServer greeting = TestServer.doing(client -> {
                    client.send("220 ready");
                    client.send(client.read(4)).halfClose();
                });
                Rig rig = new Rig(transport)
                        .pools(pool("mail", greeting))
                        .listen(tcp("smtp").to("mail"));
                Peer client = rig.connect("smtp")) {
            assertThat(client.readText(9)).isEqualTo("220 ready");
            client.send("QUIT");
            assertThat(client.readToEnd().text()).isEqualTo("QUIT");
        }
    }
}
