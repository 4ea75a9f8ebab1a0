package io.hawser.node.connection;

import static io.hawser.node.connection.ListenerSpec.tcp;
import static io.hawser.node.connection.PoolSpec.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hawser.node.testing.LeakGate;
import io.hawser.node.transport.Transport;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who is one client to the limits for each client. */
@ExtendWith(LeakGate.class)
class ClientLimitTest {

    /** One connection of a client that a proxy names. */
    private static Peer connectAs(Rig rig, String client) throws Exception {
        String family = client.contains(":") ? "TCP6 " : "TCP4 ";
        String node = client.contains(":") ? " 2001:db8::ffff " : " 192.0.2.255 ";
        return rig.connect("a").send("PROXY " + family + client + node + "40000 443\r\nx");
    }

    @Test
    void countsAHostByItsIpv4AddressOrItsIpv6Network() throws Exception {
        try (TestServer echo = TestServer.echo();
                Rig rig = new Rig(Transport.Choice.AUTO)
                        .pools(pool("web", echo))
                        .listen(tcp("a").to("web").proxiesFrom("127.0.0.0/8").maxConnectionsPerClient(2))) {
            List<Peer> served = new ArrayList<>();
            for (String client : List.of(
                    "2001:db8:0:1::1",
                    "2001:db8:0:1:ffff:ffff:ffff:ffff",
                    "2001:db8:0:2::1",
                    "192.0.2.1",
                    "::ffff:c000:201",
                    "192.0.2.2")) {
                Peer peer = connectAs(rig, client);
                served.add(peer);
                assertThat(peer.readText(1)).as(client).isEqualTo("x");
            }
            for (String client : List.of("2001:db8:0:1:8000::", "192.0.2.1", "::ffff:c000:201")) {
                try (Peer peer = connectAs(rig, client)) {
                    assertThat(peer.readToEnd().text()).as(client).isEmpty();
                }
            }
            assertThat(rig.errors("a", "client-limit")).isEqualTo(3);

            served.forEach(Peer::close);
            await().atMost(Rig.PATIENCE).until(() -> rig.dataPath().connections() == 0);
            try (Peer again = connectAs(rig, "2001:db8:0:1:8000::")) {
                assertThat(again.readText(1)).as("their places are free").isEqualTo("x");
            }
        }
    }
}
