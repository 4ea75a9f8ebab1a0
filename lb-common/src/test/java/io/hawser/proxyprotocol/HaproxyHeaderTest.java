package io.hawser.proxyprotocol;

import static io.hawser.proxyprotocol.Headers.end;
import static io.hawser.proxyprotocol.Headers.header;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** What HAProxy 2.6.12 sent on the loopback, as its server saw it. */
class HaproxyHeaderTest {

    private static byte[] hex(String... parts) {
        return HexFormat.of().parseHex("0d0a0d0a000d0a515549540a" + String.join("", parts));
    }

    /** {@code send-proxy-v2 proxy-v2-options crc32c,unique-id}: the checksum does not stand last. */
    @Test
    void checksumAndUniqueId() {
        byte[] sent =
                hex("21110025", "7f0000017f000001bdd89dd1", "03000448486411", "05000f6c62312d332d3132372e302e302e31");
        assertThat(header(sent))
                .isEqualTo(new ProxyHeader(
                        end("127.0.0.1", 48600), end("127.0.0.1", 40401), null, null, "lb1-3-127.0.0.1"));
    }

    /** {@code proxy-v2-options ssl,cert-cn,authority,crc32c,unique-id}, from a listener that ends TLS. */
    @Test
    void allThatItTellsOfATlsClient() {
        byte[] sent = hex(
                "2111004f",
                "7f0000017f000001bcf0bc8f",
                "03000473333051",
                "0100026832",
                "02001073686f702e6578616d706c652e636f6d",
                "05000f6c62312d342d3132372e302e302e31",
                "20000f0100000000210007544c5376312e33");
        assertThat(header(sent))
                .isEqualTo(new ProxyHeader(
                        end("127.0.0.1", 48368), end("127.0.0.1", 48271), "shop.example.com", "h2", "lb1-4-127.0.0.1"));
    }

    /** {@code proxy-v2-options crc32c}, over IPv6. */
    @Test
    void ipv6() {
        byte[] sent = hex(
                "2121002b",
                "00000000000000000000000000000001",
                "00000000000000000000000000000001",
                "82e08731",
                "030004cb70a3fd");
        assertThat(header(sent)).isEqualTo(new ProxyHeader(end("::1", 33504), end("::1", 34609)));
    }
}
