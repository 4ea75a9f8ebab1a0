package io.hawser.node.connection;

import static io.hawser.node.connection.ListenerSpec.tcp;
import static io.hawser.node.connection.PoolSpec.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hawser.node.testing.LeakGate;
import io.hawser.node.transport.Transport;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whoever is one too many, or not let in at all, is reset at once and counted; those inside notice nothing. */
@ExtendWith(LeakGate.class)
class LimitsTest {

    private static final Peer.Ended RESET = new Peer.Ended("", true);

    private static Peer served(Rig rig, String listener) throws IOException {
        return served(rig, listener, "127.0.0.1");
    }

    private static Peer served(Rig rig, String listener, String from) throws IOException {
        Peer client = Peer.connect(rig.address(listener), from, 0);
        assertServed(client);
        return client;
    }

    private static void assertServed(Peer client) throws IOException {
        assertThat(client.send("x").readText(1)).isEqualTo("x");
    }

    private static void assertReset(Rig rig, String listener, String from) throws IOException {
        assertThat(Peer.connectAndReadToEnd(rig.address(listener), from)).isEqualTo(RESET);
    }

    private static void awaitEmpty(Rig rig) {
        await().atMost(Rig.PATIENCE).until(() -> rig.dataPath().connections() == 0);
    }

    @OnEveryTransport
    void atTheListenersLimitOneMoreIsReset(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.echo();
                Rig rig = new Rig(transport)
                        .pools(pool("p", backend))
                        .listen(tcp("l").to("p").maxConnections(2), tcp("other").to("p"))) {
            try (Peer first = served(rig, "l");
                    Peer second = served(rig, "l")) {
                for (int i = 1; i <= 10; i++) {
                    assertReset(rig, "l", "127.0.0.1");
                    assertThat(rig.errors("l", "listener-limit")).isEqualTo(i);
                }
                served(rig, "other").close();
                assertServed(first);
                assertServed(second);
            }
            awaitEmpty(rig);
            served(rig, "l").close();
            assertThat(rig.errors("l", "listener-limit")).isEqualTo(10);
        }
    }

    @OnEveryTransport
    void aReloadMayLowerTheLimitBelowWhatIsOpen(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.echo();
                Rig rig = new Rig(transport)
                        .pools(pool("p", backend))
                        .listen(tcp("l").to("p").maxConnections(3))) {
            List<Peer> open = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                open.add(served(rig, "l"));
            }
            rig.listen(tcp("l").to("p").maxConnections(1));
            for (Peer peer : open) {
                assertServed(peer);
            }
            open.remove(0).close();
            await().atMost(Rig.PATIENCE).until(() -> rig.dataPath().connections() == 2);
            assertReset(rig, "l", "127.0.0.1");
            for (Peer peer : open) {
                assertServed(peer);
                peer.close();
            }
            awaitEmpty(rig);
            served(rig, "l").close();
        }
    }

    @OnEveryTransport
    void atTheNodesLimitOneMoreIsReset(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.echo();
                Rig rig = new Rig(transport, 2).pools(pool("p", backend)).listen(tcp("a").to("p"), tcp("b").to("p"))) {
            try (Peer first = served(rig, "a");
                    Peer second = served(rig, "b")) {
                assertReset(rig, "a", "127.0.0.1");
                assertReset(rig, "b", "127.0.0.1");
                assertThat(rig.errors("a", "node-limit")).isEqualTo(1);
                assertThat(rig.errors("b", "node-limit")).isEqualTo(1);
                assertServed(first);
                assertServed(second);
            }
            awaitEmpty(rig);
            served(rig, "b").close();
        }
    }

    @OnEveryTransport
    void aClientMayHaveSoManyOpenAndOthersDoNotNotice(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.echo();
                Rig rig = new Rig(transport)
                        .pools(pool("p", backend))
                        .listen(tcp("l").to("p").maxConnectionsPerClient(2))) {
            try (Peer first = served(rig, "l", "127.0.0.2");
                    Peer second = served(rig, "l", "127.0.0.2")) {
                assertReset(rig, "l", "127.0.0.2");
                assertThat(rig.awaitEnd().ending()).isEqualTo("client-limit");
                served(rig, "l", "127.0.0.3").close();
                assertServed(first);
                assertServed(second);
                assertThat(rig.errors("l", "client-limit")).isEqualTo(1);
            }
            awaitEmpty(rig);
            served(rig, "l", "127.0.0.2").close();
            assertThat(rig.errors("l", "client-limit")).isEqualTo(1);
        }
    }

    @OnEveryTransport
    void aClientMayOpenSoManyASecondAndMoreLater(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.echo();
                Rig rig = new Rig(transport)
                        .pools(pool("p", backend))
                        .listen(tcp("l").to("p").newConnectionsPerClient(1))) {
            try (Peer first = served(rig, "l", "127.0.0.2")) {
                // However slow this machine is, one of so many comes within a second of the one before.
                await().atMost(Rig.PATIENCE).until(() -> !isServed(rig, "127.0.0.2"));
                assertThat(rig.errors("l", "client-rate")).isPositive();
                served(rig, "l", "127.0.0.3").close();
                assertServed(first);
            }
            await().atMost(Rig.PATIENCE).pollInterval(Duration.ofMillis(300)).until(() -> isServed(rig, "127.0.0.2"));
        }
    }

    private static boolean isServed(Rig rig, String from) throws IOException {
        try (Peer client = Peer.connect(rig.address("l"), from, 0)) {
            client.send("x").halfClose();
            return client.readToEnd().text().equals("x");
        } catch (SocketException e) {
            return false;
        }
    }

    @OnEveryTransport
    void allowAndDenyAreHeeded(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.echo();
                Rig rig = new Rig(transport)
                        .pools(pool("p", backend))
                        .listen(
                                tcp("denies").to("p").deny("127.0.0.2/32"),
                                tcp("allows").to("p").allow("127.0.0.0/30"),
                                tcp("both").to("p").allow("127.0.0.0/30").deny("127.0.0.2/32"))) {
            assertReset(rig, "denies", "127.0.0.2");
            served(rig, "denies", "127.0.0.3").close();
            assertReset(rig, "allows", "127.0.0.4");
            served(rig, "allows", "127.0.0.3").close();
            assertReset(rig, "both", "127.0.0.2");
            served(rig, "both", "127.0.0.3").close();
            for (String listener : List.of("denies", "allows", "both")) {
                assertThat(rig.errors(listener, "denied")).as(listener).isEqualTo(1);
            }
            assertThat(backend.accepted()).isEqualTo(3);
        }
    }

    @OnEveryTransport
    void behindAProxyItIsTheClientThatCounts(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.echo();
                Rig rig = new Rig(transport)
                        .pools(pool("p", backend))
                        .listen(tcp("l").to("p")
                                .proxiesFrom("127.0.0.1/32")
                                .maxConnectionsPerClient(1)
                                .deny("192.0.2.66/32"))) {
            try (Peer one = proxied(rig, "192.0.2.1");
                    Peer two = proxied(rig, "192.0.2.2")) {
                assertServed(one);
                assertServed(two);
                try (Peer again = proxied(rig, "192.0.2.1");
                        Peer denied = proxied(rig, "192.0.2.66")) {
                    assertThat(again.readToEnd()).isEqualTo(RESET);
                    assertThat(denied.readToEnd()).isEqualTo(RESET);
                }
                assertServed(one);
            }
            awaitEmpty(rig);
            assertThat(rig.errors("l", "client-limit")).isEqualTo(1);
            assertThat(rig.errors("l", "denied")).isEqualTo(1);
        }
    }

    private static Peer proxied(Rig rig, String client) throws IOException {
        return rig.connect("l").send("PROXY TCP4 " + client + " 198.51.100.1 50000 443\r\n");
    }
}
