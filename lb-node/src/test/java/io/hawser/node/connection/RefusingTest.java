package io.hawser.node.connection;

import static io.hawser.node.connection.ListenerSpec.tls;
import static io.hawser.node.connection.PoolSpec.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hawser.node.testing.LeakGate;
import io.hawser.node.transport.Transport;
import io.hawser.tls.HelloBuilder;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.extension.ExtendWith;

/** A client whose hello can't be used is told clearly, is counted once by the reason, and leaves nothing behind. */
@ExtendWith(LeakGate.class)
class RefusingTest {

    private static final byte[] HELLO =
            new HelloBuilder().serverName("shop.example.com").record();

    /** A TLS record that holds one fatal alert. */
    private static byte[] alert(int description) {
        return new byte[] {21, 3, 3, 0, 2, 2, (byte) description};
    }

    private static void assertRefused(Rig rig, String listener, String reason) {
        assertThat(rig.awaitEnd().ending()).isEqualTo(reason);
        assertThat(rig.errors(listener, reason))
                .as("counted once as %s", reason)
                .isEqualTo(1);
        assertThat(rig.value("hawser_listener_accepted_total", "listener", listener))
                .isEqualTo(1);
    }

    @OnEveryTransport
    void aNameWithoutARouteGetsItsAlert(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.echo();
                Rig rig = new Rig(transport).pools(pool("p", backend)).listen(tls("l").sni("other.example.com", "p"));
                Peer client = rig.connect("l")) {
            // More is under way than the hello: it must not turn the alert into a reset.
            client.send(HELLO).send(new byte[100_000]);
            assertThat(client.readToEnd().bytes()).isEqualTo(alert(112));
            client.halfClose();
            assertRefused(rig, "l", "no-route");
            assertThat(backend.accepted()).isZero();
        }
    }

    @OnEveryTransport
    void aBrokenHelloGetsItsAlert(Transport.Choice transport) throws Exception {
        byte[] broken = HELLO.clone();
        // The length of the session id, beyond the message.
        broken[43] = (byte) 200;
        try (TestServer backend = TestServer.echo();
                Rig rig = new Rig(transport).pools(pool("p", backend)).listen(tls("l").to("p"));
                Peer client = rig.connect("l")) {
            client.send(broken);
            assertThat(client.readToEnd().bytes()).isEqualTo(alert(50));
            client.halfClose();
            assertRefused(rig, "l", "hello-malformed");
        }
    }

    @OnEveryTransport
    void aTooLargeHelloGetsItsAlert(Transport.Choice transport) throws Exception {
        // A handshake message that says it has a million bytes.
        byte[] claims = {22, 3, 1, 0x40, 0, 1, 0x0f, 0x42, 0x40};
        try (TestServer backend = TestServer.echo();
                Rig rig = new Rig(transport).pools(pool("p", backend)).listen(tls("l").to("p"));
                Peer client = rig.connect("l")) {
            client.send(claims);
            assertThat(client.readToEnd().bytes()).isEqualTo(alert(50));
            client.halfClose();
            assertRefused(rig, "l", "hello-too-large");
        }
    }

    @OnEveryTransport
    void whoSpeaksNoTlsIsClosed(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.echo();
                Rig rig = new Rig(transport).pools(pool("p", backend)).listen(tls("l").to("p"));
                Peer client = rig.connect("l")) {
            client.send("GET / HTTP/1.1\r\n\r\n");
            assertThat(client.readToEnd()).isEqualTo(new Peer.Ended("", false));
            assertRefused(rig, "l", "not-tls");
        }
    }

    @OnEveryTransport
    void whoIsTooSlowIsClosedInTime(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.echo();
                Rig rig = new Rig(transport)
                        .pools(pool("p", backend))
                        .listen(tls("l").to("p").inspectTimeout(Duration.ofMillis(300)));
                Peer client = rig.connect("l")) {
            long start = System.nanoTime();
            client.send(Arrays.copyOf(HELLO, HELLO.length - 1));
            assertThat(client.readToEnd()).isEqualTo(new Peer.Ended("", false));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(295));
            assertRefused(rig, "l", "hello-timeout");
        }
    }

    @OnEveryTransport
    void whoLeavesBeforeItsHelloIsWholeIsCounted(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.echo();
                Rig rig = new Rig(transport).pools(pool("p", backend)).listen(tls("l").to("p"))) {
            try (Peer client = rig.connect("l")) {
                client.send(Arrays.copyOf(HELLO, 20)).halfClose();
                assertThat(client.readToEnd()).isEqualTo(new Peer.Ended("", false));
            }
            assertRefused(rig, "l", "hello-incomplete");
            Peer client = rig.connect("l").send(Arrays.copyOf(HELLO, 20));
            // Of one that is gone before it was accepted, not every transport can tell who it was.
            await().atMost(Rig.PATIENCE).until(() -> rig.dataPath().connections() == 1);
            client.reset();
            assertThat(rig.awaitEnd().ending()).isEqualTo("hello-incomplete");
        }
    }

    @OnEveryTransport
    void aHelloByteByByteIsCarried(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.echo();
                Rig rig = new Rig(transport).pools(pool("p", backend)).listen(tls("l").to("p"));
                Peer client = rig.connect("l")) {
            for (byte b : HELLO) {
                client.send(new byte[] {b});
            }
            assertThat(client.read(HELLO.length)).isEqualTo(HELLO);
        }
    }
}
