package io.hawser.proxyprotocol;

import static io.hawser.proxyprotocol.Headers.end;
import static io.hawser.proxyprotocol.Headers.latin1;
import static io.hawser.proxyprotocol.Headers.written;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written, byte for byte. The version 2 headers were put together, and their CRC32C computed, elsewhere. */
class ProxyHeaderWriterTest {

    private static final ProxyHeader TELLING_ALL =
            new ProxyHeader(end("192.0.2.1", 56324), end("198.51.100.7", 443), "shop.example.com", "h2", "lb1-7");

    private static String v1(ProxyHeader header) {
        return new String(written(ProxyHeaderWriter::writeV1, header), StandardCharsets.ISO_8859_1);
    }

    private static String v2(ProxyHeader header) {
        return HexFormat.of().formatHex(written(ProxyHeaderWriter::writeV2, header));
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 198.51.100.7, TCP4 192.0.2.1 198.51.100.7",
        "255.255.255.255, 0.0.0.0, TCP4 255.255.255.255 0.0.0.0",
        "2001:db8::1, 2001:db8::ffff, TCP6 2001:db8::1 2001:db8::ffff",
        "::, ::1, TCP6 :: ::1",
        "192.0.2.1, 2001:db8::1, TCP6 ::ffff:c000:201 2001:db8::1",
        "2001:db8::1, 0.0.255.7, TCP6 2001:db8::1 ::ffff:0:ff07",
        "::ffff:192.0.2.1, 198.51.100.7, TCP4 192.0.2.1 198.51.100.7"
    })
    void versionOneIsALine(String source, String destination, String told) {
        assertThat(v1(new ProxyHeader(end(source, 56324), end(destination, 443))))
                .isEqualTo("PROXY " + told + " 56324 443\r\n");
    }

    @Test
    void portsHaveNoLeadingZeros() {
        assertThat(v1(new ProxyHeader(end("192.0.2.1", 0), end("198.51.100.7", 65535))))
                .endsWith(" 0 65535\r\n");
    }

    @Test
    void theLongestLineHas104Bytes() {
        TransportAddress longest = end("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535);
        assertThat(v1(new ProxyHeader(longest, longest))).hasSize(104);
    }

    @Test
    void versionOneLeavesOutWhatItCanNotTell() {
        assertThat(v1(TELLING_ALL)).isEqualTo("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n");
        assertThat(v1(ProxyHeader.LOCAL)).isEqualTo("PROXY UNKNOWN\r\n");
        assertThat(v1(new ProxyHeader(null, null, "shop.example.com", "h2", "lb1-7")))
                .isEqualTo("PROXY UNKNOWN\r\n");
    }

    @Test
    void versionTwoEndsInItsChecksum() {
        assertThat(v2(new ProxyHeader(end("192.0.2.1", 56324), end("198.51.100.7", 443))))
                .isEqualTo("0d0a0d0a000d0a515549540a" + "21110013" + "c0000201c6336407dc0401bb" + "030004d45a11b9");
    }

    @Test
    void versionTwoTellsAll() {
        assertThat(v2(TELLING_ALL))
                .isEqualTo("0d0a0d0a000d0a515549540a" + "21110033"
                        + "c0000201c6336407dc0401bb"
                        + "02001073686f702e6578616d706c652e636f6d"
                        + "0100026832"
                        + "0500056c62312d37"
                        + "03000465505393");
    }

    @Test
    void versionTwoWritesIpv6() {
        assertThat(v2(new ProxyHeader(end("2001:db8::1", 65535), end("2001:db8::ffff", 0))))
                .isEqualTo("0d0a0d0a000d0a515549540a" + "2121002b"
                        + "20010db8000000000000000000000001"
                        + "20010db800000000000000000000ffff"
                        + "ffff0000"
                        + "03000474ed3ec8");
    }

    @Test
    void anIpv4AddressBesideAnIpv6OneIsMapped() {
        assertThat(v2(new ProxyHeader(end("192.0.2.1", 1), end("2001:db8::1", 2), null, "\n\n", null)))
                .isEqualTo("0d0a0d0a000d0a515549540a" + "21210030"
                        + "00000000000000000000ffffc0000201"
                        + "20010db8000000000000000000000001"
                        + "00010002"
                        + "0100020a0a"
                        + "03000414063e6a");
    }

    @Test
    void withoutAddressesVersionTwoSaysLocalAndNoMore() {
        assertThat(v2(ProxyHeader.LOCAL)).isEqualTo("0d0a0d0a000d0a515549540a" + "20000000");
        assertThat(v2(new ProxyHeader(null, null, "shop.example.com", "h2", "lb1-7")))
                .isEqualTo("0d0a0d0a000d0a515549540a" + "20000000");
    }

    /** Behind other bytes, and over parts of a buffer that hold a few bytes each: the checksum is of the header alone. */
    @Test
    void anyBufferWillDo() {
        byte[] expected = written(ProxyHeaderWriter::writeV2, TELLING_ALL);
        ByteBuf behind = Unpooled.buffer().writeBytes(latin1("before"));
        ProxyHeaderWriter.writeV2(TELLING_ALL, behind);
        assertThat(ByteBufUtil.getBytes(behind.skipBytes(6))).isEqualTo(expected);

        CompositeByteBuf parts = Unpooled.compositeBuffer(100);
        for (int i = 0; i < 20; i++) {
            parts.addComponent(Unpooled.directBuffer(7, 7).setZero(0, 7).writerIndex(7));
        }
        ProxyHeaderWriter.writeV2(TELLING_ALL, parts);
        assertThat(ByteBufUtil.getBytes(parts)).isEqualTo(expected);
        parts.release();
    }

    @Test
    void whatDoesNotFitIsRefusedAndNothingIsWritten() {
        int most = 65535 - 12 - 3 - 7;
        TransportAddress end = end("192.0.2.1", 1);
        ByteBuf out = Unpooled.buffer();
        ProxyHeaderWriter.writeV2(new ProxyHeader(end, end, "a".repeat(most), null, null), out);
        assertThat(out.readableBytes()).isEqualTo(16 + 65535);
        out.clear();
        ProxyHeader more = new ProxyHeader(end, end, "a".repeat(most + 1), null, null);
        assertThatIllegalArgumentException().isThrownBy(() -> ProxyHeaderWriter.writeV2(more, out));
        assertThat(out.readableBytes()).isZero();
    }
}
