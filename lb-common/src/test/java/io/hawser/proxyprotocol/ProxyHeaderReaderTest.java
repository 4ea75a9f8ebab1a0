package io.hawser.proxyprotocol;

import static io.hawser.proxyprotocol.Headers.SIGNATURE;
import static io.hawser.proxyprotocol.Headers.bytes;
import static io.hawser.proxyprotocol.Headers.concat;
import static io.hawser.proxyprotocol.Headers.end;
import static io.hawser.proxyprotocol.Headers.latin1;
import static io.hawser.proxyprotocol.Headers.mistake;
import static io.hawser.proxyprotocol.Headers.read;
import static io.hawser.proxyprotocol.Headers.tlv;
import static io.hawser.proxyprotocol.Headers.v2;
import static io.hawser.proxyprotocol.Headers.written;
import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.testing.WatchedBuffer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both versions, cut anywhere, and what is neither. */
class ProxyHeaderReaderTest {

    private static final ProxyHeader TELLING_ALL =
            new ProxyHeader(end("192.0.2.1", 56324), end("2001:db8::7", 443), "shop.example.com", "h2", "lb1-7");

    static Stream<Arguments> headers() {
        return Stream.of(
                Arguments.of("v1", written(ProxyHeaderWriter::writeV1, TELLING_ALL)),
                Arguments.of("v1 UNKNOWN", written(ProxyHeaderWriter::writeV1, ProxyHeader.LOCAL)),
                Arguments.of("v1, the longest", latin1("PROXY UNKNOWN " + "x".repeat(91) + "\r\n")),
                Arguments.of("v2", written(ProxyHeaderWriter::writeV2, TELLING_ALL)),
                Arguments.of("v2 LOCAL", written(ProxyHeaderWriter::writeV2, ProxyHeader.LOCAL)),
                Arguments.of("v2, the longest", v2(0x21, 0x11, new byte[12], tlv(4, new byte[4096 - 31]))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("headers")
    void cutAnywhereItReadsAsTheWhole(String name, byte[] header) {
        ProxyResult whole = read(header);
        assertThat(whole).isInstanceOf(ProxyResult.Complete.class);
        byte[] received = concat(header, bytes(22, 3, 1));
        for (int cut = 0; cut < header.length; cut++) {
            ProxyHeaderReader reader = new ProxyHeaderReader();
            assertThat(readUntouched(reader, new WatchedBuffer(Arrays.copyOf(header, cut))))
                    .isEqualTo(ProxyResult.NEED_MORE);
            assertThat(readUntouched(reader, new WatchedBuffer(received))).isEqualTo(whole);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("headers")
    void oneByteAtATimeItReadsAsTheWholeInLinearWork(String name, byte[] header) {
        ProxyHeaderReader reader = new ProxyHeaderReader();
        WatchedBuffer received = new WatchedBuffer(header);
        for (int count = 0; count < header.length; count++) {
            assertThat(readUntouched(reader, received.receivedSoFar(count))).isEqualTo(ProxyResult.NEED_MORE);
        }
        assertThat(readUntouched(reader, received.receivedSoFar(header.length))).isEqualTo(read(header));
        // Each call looks at the signature; what is behind it is looked at once or twice.
        assertThat(received.bytesRead()).isLessThan(25L * header.length);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("headers")
    void anyKindOfBufferWillDo(String name, byte[] header) {
        ByteBuf direct = Unpooled.directBuffer().writeInt(7).writeBytes(header).skipBytes(4);
        ByteBuf composite = Unpooled.wrappedBuffer(
                Arrays.copyOf(header, 3),
                Arrays.copyOfRange(header, 3, 14),
                Arrays.copyOfRange(header, 14, header.length));
        try {
            assertThat(readUntouched(new ProxyHeaderReader(), direct)).isEqualTo(read(header));
            assertThat(readUntouched(new ProxyHeaderReader(), composite)).isEqualTo(read(header));
        } finally {
            direct.release();
            composite.release();
        }
    }

    private static ProxyResult readUntouched(ProxyHeaderReader reader, ByteBuf received) {
        int readerIndex = received.readerIndex();
        int writerIndex = received.writerIndex();
        ProxyResult result = reader.read(received);
        if (received.readerIndex() != readerIndex || received.writerIndex() != writerIndex || received.refCnt() != 1) {
            throw new AssertionError("the reader touched the buffer: " + received);
        }
        return result;
    }

    static Stream<byte[]> others() {
        return Stream.of(
                bytes(22, 3, 1),
                latin1("GET / HTTP/1.1\r\n"),
                latin1("SSH-2.0-OpenSSH"),
                latin1("POST / HTTP/1.1\r\n"),
                latin1("PROXY\tTCP4 192.0.2.1 192.0.2.2 1 2\r\n"),
                latin1("PROXYTCP4 "),
                latin1("proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n"),
                latin1(" PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"),
                latin1("\r\n\r\nGET"),
                latin1("\r\n\r\n\0\r\nQUIT\r\n"),
                latin1("\n\r\n\0\r\nQUIT\n"));
    }

    @ParameterizedTest
    @MethodSource("others")
    void whatIsNoHeaderIsKnownByItsFirstBytes(byte[] sent) {
        assertThat(mistake(sent)).isEqualTo("no PROXY header");
        assertThat(ProxyHeaderReader.looksLikeHeader(Unpooled.wrappedBuffer(sent)))
                .isFalse();
        assertThat(ProxyHeaderReader.mayBecomeHeader(Unpooled.wrappedBuffer(sent)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PROXY ", "\r\n\r\n\0\r\nQUIT\n"})
    void aCallerThatRefusesHeadersKnowsWhenToWait(String signature) {
        byte[] bytes = latin1(signature);
        for (int count = 0; count < bytes.length; count++) {
            ByteBuf received = Unpooled.wrappedBuffer(bytes, 0, count);
            assertThat(ProxyHeaderReader.looksLikeHeader(received)).isFalse();
            assertThat(ProxyHeaderReader.mayBecomeHeader(received)).isTrue();
            if (count > 0) {
                byte[] other = Arrays.copyOf(bytes, count);
                other[count - 1] ^= 1;
                assertThat(ProxyHeaderReader.mayBecomeHeader(Unpooled.wrappedBuffer(other)))
                        .isFalse();
            }
        }
        assertThat(ProxyHeaderReader.looksLikeHeader(Unpooled.wrappedBuffer(bytes)))
                .isTrue();
        assertThat(ProxyHeaderReader.mayBecomeHeader(Unpooled.wrappedBuffer(bytes)))
                .isFalse();
        ByteBuf whole = Unpooled.wrappedBuffer(bytes, bytes(7));
        assertThat(ProxyHeaderReader.looksLikeHeader(whole)).isTrue();
        assertThat(ProxyHeaderReader.mayBecomeHeader(whole)).isFalse();
        whole.release();
    }

    @Test
    void theAnswerStays() {
        byte[] header = written(ProxyHeaderWriter::writeV2, TELLING_ALL);
        ProxyHeaderReader complete = new ProxyHeaderReader();
        ProxyResult first = complete.read(Unpooled.wrappedBuffer(header));
        assertThat(complete.read(Unpooled.wrappedBuffer(bytes(22, 3)))).isSameAs(first);
        ProxyHeaderReader refused = new ProxyHeaderReader();
        ProxyResult malformed = refused.read(Unpooled.wrappedBuffer(concat(SIGNATURE, bytes(0))));
        assertThat(malformed).isInstanceOf(ProxyResult.Malformed.class);
        assertThat(refused.read(Unpooled.wrappedBuffer(header))).isSameAs(malformed);
    }
}
