package io.hawser.node.connection;

import static io.hawser.node.connection.ListenerSpec.tcp;
import static io.hawser.node.connection.ListenerSpec.tls;
import static io.hawser.node.connection.PoolSpec.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hawser.node.pool.PoolSettings.ProxyHeaderVersion;
import io.hawser.node.testing.LeakGate;
import io.hawser.node.transport.Transport;
import io.hawser.tls.HelloBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.extension.ExtendWith;

/** PROXY headers are believed of those who may send them and of nobody else, and told to backends that want them. */
@ExtendWith(LeakGate.class)
class ProxyProtocolTest {

    private static final byte[] HELLO =
            new HelloBuilder().serverName("shop.example.com").alpn("h2").record();
    private static final String V1 = "PROXY TCP4 192.0.2.7 192.0.2.8 50000 443\r\n";
    private static final byte[] SIGNATURE = "\r\n\r\n\0\r\nQUIT\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final Peer.Ended RESET = new Peer.Ended("", true);

    /** A version 2 header of TCP over IPv4, from 192.0.2.9:50009 to 192.0.2.10:8443. */
    private static byte[] v2() {
        return ByteBuffer.allocate(28)
                .put(SIGNATURE)
                .put(new byte[] {0x21, 0x11, 0, 12, (byte) 192, 0, 2, 9, (byte) 192, 0, 2, 10})
                .putShort((short) 50009)
                .putShort((short) 8443)
                .array();
    }

    // Accepted.

    @OnEveryTransport
    void headersFromNamedSourcesAreBelieved(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.echo();
                Rig rig = new Rig(transport)
                        .pools(pool("p", backend))
                        .listen(
                                tls("tls").to("p").proxiesFrom("127.0.0.0/8"),
                                tcp("tcp").to("p").proxiesFrom("127.0.0.0/8"))) {
            try (Peer client = rig.connect("tls")) {
                // In two segments, and together with the beginning of the hello.
                client.send(V1.substring(0, 9));
                client.send(V1.substring(9) + text(HELLO).substring(0, 20));
                client.send(text(HELLO).substring(20));
                assertThat(client.read(HELLO.length)).isEqualTo(HELLO);
            }
            Rig.AccessLine end = rig.awaitEnd();
            assertThat(end.field("client")).isEqualTo("192.0.2.7:50000");
            assertThat(end.field("proxy")).startsWith("127.0.0.1:");
            try (Peer client = rig.connect("tcp")) {
                client.send(v2()).send("hello");
                assertThat(client.readText(5)).isEqualTo("hello");
            }
            assertThat(rig.awaitEnd().field("client")).isEqualTo("192.0.2.9:50009");
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @OnEveryTransport
    void whoIsNoSourceIsTheClientItself(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.echo();
                Rig rig = new Rig(transport)
                        .pools(pool("p", backend))
                        .listen(tls("l").to("p").proxiesFrom("127.0.0.9/32"))) {
            try (Peer client = Peer.connect(rig.address("l"), "127.0.0.2", 0)) {
                assertThat(client.send(HELLO).read(HELLO.length)).isEqualTo(HELLO);
            }
            assertThat(rig.awaitEnd().field("client")).startsWith("127.0.0.2:");
            try (Peer client = Peer.connect(rig.address("l"), "127.0.0.2", 0)) {
                assertThat(client.send(V1).readToEnd()).isEqualTo(RESET);
            }
            assertThat(rig.errors("l", "proxy-header-not-allowed")).isEqualTo(1);
        }
    }

    @OnEveryTransport
    void namedSourcesMustSendAHeader(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.echo();
                Rig rig = new Rig(transport)
                        .pools(pool("p", backend))
                        .listen(tls("l").to("p").proxiesFrom("127.0.0.0/8").inspectTimeout(Duration.ofMillis(300)))) {
            assertRefused(rig, "l", HELLO, "proxy-header-malformed");
            assertRefused(rig, "l", bytes("PROXY "), "proxy-header-timeout");
            assertRefused(rig, "l", new byte[0], "proxy-header-timeout");
            assertThat(backend.accepted()).isZero();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void assertRefused(Rig rig, String listener, byte[] sent, String reason) throws IOException {
        int before = rig.errors(listener, reason);
        try (Peer client = rig.connect(listener)) {
            client.send(sent);
            assertThat(client.readToEnd()).isEqualTo(RESET);
        }
        assertThat(rig.awaitEnd().ending()).isEqualTo(reason);
        assertThat(rig.errors(listener, reason)).isEqualTo(before + 1);
    }

    @OnEveryTransport
    void nobodyElseMaySendOne(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.echo();
                Rig rig = new Rig(transport)
                        .pools(pool("p", backend))
                        .listen(tls("tls").to("p"), tcp("tcp").to("p"))) {
            for (String listener : List.of("tls", "tcp")) {
                assertRefused(rig, listener, bytes(V1), "proxy-header-not-allowed");
                assertRefused(rig, listener, v2(), "proxy-header-not-allowed");
            }
            assertThat(rig.value("hawser_bytes_total", "pool", "p", "backend", "b1", "direction", "in"))
                    .as("bytes of a forged header that reached the backend")
                    .isZero();
        }
    }

    @OnEveryTransport
    void norInSmallSegments(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.echo();
                Rig rig = new Rig(transport).pools(pool("p", backend)).listen(tcp("l").to("p"));
                Peer client = rig.connect("l")) {
            await().atMost(Rig.PATIENCE).until(() -> backend.accepted() == 1);
            for (byte b : SIGNATURE) {
                client.send(new byte[] {b});
            }
            assertThat(client.readToEnd()).isEqualTo(RESET);
            assertThat(rig.awaitEnd().ending()).isEqualTo("proxy-header-not-allowed");
        }
    }

    @OnEveryTransport
    void whatOnlyBeginsLikeAHeaderPasses(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.echo();
                Rig rig = new Rig(transport).pools(pool("p", backend)).listen(tcp("l").to("p"))) {
            try (Peer client = rig.connect("l")) {
                client.send("PRO").send("FIT");
                assertThat(client.readText(6)).isEqualTo("PROFIT");
            }
            try (Peer client = rig.connect("l")) {
                client.send("\r\n").halfClose();
                assertThat(client.readToEnd()).isEqualTo(new Peer.Ended("\r\n", false));
            }
        }
    }

    // Sent.

    /** What a version 2 header told, read by the specification's section 2.2. */
    private record Told(String source, String destination, Map<Integer, String> tlvs) {}

    private static final int ALPN = 0x01;
    private static final int AUTHORITY = 0x02;
    private static final int CRC32C_TLV = 0x03;
    private static final int UNIQUE_ID = 0x05;

    private static Told readV2(Peer server) throws IOException {
        byte[] head = server.read(16);
        assertThat(head).startsWith(SIGNATURE);
        assertThat(head[12]).as("version 2, PROXY").isEqualTo((byte) 0x21);
        int addressLength = head[13] == 0x11 ? 4 : 16;
        assertThat(head[13]).as("TCP over IPv4 or IPv6").isIn((byte) 0x11, (byte) 0x21);
        byte[] body = server.read(ByteBuffer.wrap(head).getShort(14) & 0xffff);
        ByteBuffer in = ByteBuffer.wrap(body);
        byte[] source = new byte[addressLength];
        byte[] destination = new byte[addressLength];
        in.get(source).get(destination);
        String from = InetAddress.getByAddress(source).getHostAddress() + ' ' + (in.getShort() & 0xffff);
        String to = InetAddress.getByAddress(destination).getHostAddress() + ' ' + (in.getShort() & 0xffff);
        Map<Integer, String> tlvs = new LinkedHashMap<>();
        int sum = 0;
        while (in.hasRemaining()) {
            int type = in.get();
            byte[] value = new byte[in.getShort() & 0xffff];
            if (type == CRC32C_TLV) {
                sum = in.getInt(in.position());
                in.putInt(in.position(), 0);
            }
            in.get(value);
            assertThat(tlvs.put(type, text(value))).as("TLV %d twice", type).isNull();
        }
        CRC32C computed = new CRC32C();
        computed.update(head);
        computed.update(body);
        assertThat(sum).as("CRC32C").isEqualTo((int) computed.getValue());
        return new Told(from, to, tlvs);
    }

    @OnEveryTransport
    void version2TellsWhoCameAndForWhat(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.manual();
                Rig rig = new Rig(transport)
                        .pools(pool("p", backend).sending(ProxyHeaderVersion.V2))
                        .listen(tls("l").to("p").bind("127.0.0.1:0", "[::1]:0"))) {
            for (int i = 0; i < 2; i++) {
                String host = i == 0 ? "127.0.0.1" : "0:0:0:0:0:0:0:1";
                try (Peer client = Peer.connect(rig.addresses("l").get(i))) {
                    client.send(HELLO).halfClose();
                    try (Peer server = backend.take()) {
                        Told told = readV2(server);
                        assertThat(told.source()).isEqualTo(host + ' ' + client.localPort());
                        assertThat(told.destination())
                                .isEqualTo(host + ' ' + client.socket().getPort());
                        assertThat(told.tlvs()).containsOnlyKeys(ALPN, AUTHORITY, CRC32C_TLV, UNIQUE_ID);
                        assertThat(told.tlvs()).containsEntry(ALPN, "h2").containsEntry(AUTHORITY, "shop.example.com");
                        assertThat(told.tlvs().get(UNIQUE_ID)).startsWith("node-1-");
                        assertThat(server.readToEnd().bytes()).isEqualTo(HELLO);
                    }
                }
                // What is said to the backend is no part of what is relayed.
                assertThat(rig.awaitEnd().field("bytes_in")).isEqualTo(String.valueOf(HELLO.length));
            }
        }
    }

    @OnEveryTransport
    void version1TellsWhoCame(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.manual();
                Rig rig = new Rig(transport)
                        .pools(pool("p", backend).sending(ProxyHeaderVersion.V1))
                        .listen(tcp("l").to("p").bind("127.0.0.1:0", "[::1]:0"))) {
            for (int i = 0; i < 2; i++) {
                String protocol = i == 0 ? "TCP4 127.0.0.1 127.0.0.1 " : "TCP6 ::1 ::1 ";
                try (Peer client = Peer.connect(rig.addresses("l").get(i));
                        Peer server = backend.take()) {
                    // The server may speak first: the header does not wait for the client.
                    String expected = "PROXY " + protocol + client.localPort() + ' '
                            + client.socket().getPort() + "\r\n";
                    assertThat(server.readText(expected.length())).isEqualTo(expected);
                    client.send("and then").halfClose();
                    assertThat(server.readToEnd().text()).isEqualTo("and then");
                }
            }
        }
    }

    @OnEveryTransport
    void whatAProxyInFrontSaidIsPassedOn(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.manual();
                Rig rig = new Rig(transport)
                        .pools(
                                pool("v1", backend).sending(ProxyHeaderVersion.V1),
                                pool("v2", backend).sending(ProxyHeaderVersion.V2))
                        .listen(
                                tcp("v1").to("v1").proxiesFrom("127.0.0.1/32"),
                                tcp("v2").to("v2").proxiesFrom("127.0.0.1/32"))) {
            try (Peer client = rig.connect("v1")) {
                client.send(v2()).send("x").halfClose();
                try (Peer server = backend.take()) {
                    assertThat(server.readToEnd().text()).isEqualTo("PROXY TCP4 192.0.2.9 192.0.2.10 50009 8443\r\nx");
                }
            }
            try (Peer client = rig.connect("v2")) {
                client.send(V1).send("x").halfClose();
                try (Peer server = backend.take()) {
                    Told told = readV2(server);
                    assertThat(told.source()).isEqualTo("192.0.2.7 50000");
                    assertThat(told.destination()).isEqualTo("192.0.2.8 443");
                    assertThat(told.tlvs()).containsOnlyKeys(CRC32C_TLV, UNIQUE_ID);
                    assertThat(server.readToEnd().text()).isEqualTo("x");
                }
            }
            // A proxy that speaks for itself, such as its health check.
            try (Peer client = rig.connect("v1")) {
                client.send("PROXY UNKNOWN\r\n").halfClose();
                try (Peer server = backend.take()) {
                    assertThat(server.readToEnd().text())
                            .isEqualTo("PROXY TCP4 127.0.0.1 127.0.0.1 " + client.localPort() + ' '
                                    + client.socket().getPort() + "\r\n");
                }
            }
        }
    }

    @OnEveryTransport
    void theNextBackendIsToldTheSame(Transport.Choice transport) throws Exception {
        try (Unreachable gone = Unreachable.refusing();
                TestServer backup = TestServer.manual();
                Rig rig = new Rig(transport)
                        .pools(pool("p")
                                .sending(ProxyHeaderVersion.V2)
                                .backend("b1", gone.address())
                                .backend("b2", backup.address(), 0, true))
                        .listen(tls("l").to("p"));
                Peer client = rig.connect("l")) {
            client.send(HELLO).halfClose();
            try (Peer server = backup.take()) {
                assertThat(readV2(server).tlvs()).containsEntry(AUTHORITY, "shop.example.com");
                assertThat(server.readToEnd().bytes()).isEqualTo(HELLO);
            }
        }
    }
}
