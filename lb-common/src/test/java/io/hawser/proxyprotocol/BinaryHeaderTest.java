package io.hawser.proxyprotocol;

import static io.hawser.proxyprotocol.Headers.bytes;
import static io.hawser.proxyprotocol.Headers.checksummed;
import static io.hawser.proxyprotocol.Headers.concat;
import static io.hawser.proxyprotocol.Headers.end;
import static io.hawser.proxyprotocol.Headers.header;
import static io.hawser.proxyprotocol.Headers.latin1;
import static io.hawser.proxyprotocol.Headers.mistake;
import static io.hawser.proxyprotocol.Headers.read;
import static io.hawser.proxyprotocol.Headers.tlv;
import static io.hawser.proxyprotocol.Headers.v2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Version 2: addresses of every family, what is added to them, and lengths that lie (PROXY protocol 2.2). */
class BinaryHeaderTest {

    private static final int LOCAL = 0x20;
    private static final int PROXY = 0x21;
    private static final int TCP4 = 0x11;
    private static final int TCP6 = 0x21;
    private static final int UNIX = 0x31;

    private static final byte[] ENDS = bytes(192, 0, 2, 1, 198, 51, 100, 7, 0xdc, 0x04, 0x01, 0xbb);
    private static final byte[] ENDS6 = concat(
            bytes(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
            bytes(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2),
            bytes(0xff, 0xff, 0, 0));
    private static final ProxyHeader TOLD = new ProxyHeader(end("192.0.2.1", 56324), end("198.51.100.7", 443));

    private static byte[] tcp4(byte[]... additions) {
        return v2(PROXY, TCP4, ENDS, concat(additions));
    }

    // Families

    @ParameterizedTest
    @ValueSource(ints = {TCP4, 0x12})
    void ipv4(int family) {
        assertThat(header(v2(PROXY, family, ENDS))).isEqualTo(TOLD);
    }

    @ParameterizedTest
    @ValueSource(ints = {TCP6, 0x22})
    void ipv6(int family) {
        assertThat(header(v2(PROXY, family, ENDS6)))
                .isEqualTo(new ProxyHeader(end("2001:db8::1", 65535), end("2001:db8::2", 0)));
    }

    @Test
    void mappedAddressesAreIpv4() {
        byte[] mapped = concat(new byte[10], bytes(255, 255, 192, 0, 2, 1));
        ProxyHeader header = header(v2(PROXY, TCP6, mapped, mapped, bytes(0, 1, 0, 2)));
        assertThat(header).isEqualTo(new ProxyHeader(end("192.0.2.1", 1), end("192.0.2.1", 2)));
    }

    @ParameterizedTest
    @ValueSource(ints = {UNIX, 0x32})
    void unixSocketsHaveNoAddressButWhatIsAddedCounts(int family) {
        byte[] authority = tlv(Tlv.AUTHORITY, latin1("shop.example.com"));
        assertThat(header(v2(PROXY, family, new byte[216]))).isEqualTo(ProxyHeader.LOCAL);
        assertThat(header(v2(PROXY, family, new byte[216], authority)))
                .isEqualTo(new ProxyHeader(null, null, "shop.example.com", null, null));
    }

    @Test
    void ofAnUnspecifiedFamilyTheRestIsIgnored() {
        assertThat(header(v2(PROXY, 0))).isEqualTo(ProxyHeader.LOCAL);
        assertThat(header(v2(PROXY, 0, latin1("whatever this is")))).isEqualTo(ProxyHeader.LOCAL);
    }

    /** Whatever is behind LOCAL, right or wrong, is to be skipped. */
    @ParameterizedTest
    @ValueSource(ints = {0, TCP4, TCP6, UNIX, 0x13, 0x44, 0xff})
    void ofALocalHeaderTheRestIsIgnored(int family) {
        assertThat(header(v2(LOCAL, family))).isEqualTo(ProxyHeader.LOCAL);
        assertThat(header(v2(LOCAL, family, ENDS))).isEqualTo(ProxyHeader.LOCAL);
        assertThat(header(v2(LOCAL, family, new byte[1000]))).isEqualTo(ProxyHeader.LOCAL);
        assertThat(header(v2(LOCAL, family, ENDS, tlv(Tlv.CRC32C, bytes(1))))).isEqualTo(ProxyHeader.LOCAL);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x01, 0x02, 0x10, 0x13, 0x20, 0x23, 0x30, 0x33, 0x40, 0x41, 0xf1, 0xff})
    void otherFamiliesAreRefused(int family) {
        assertThat(mistake(v2(PROXY, family, new byte[216])))
                .isEqualTo("version 2 header has an unknown family or transport");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x01, 0x10, 0x11, 0x30, 0x31, 0xf1})
    void otherVersionsAreRefusedAsSoonAsSeen(int command) {
        byte[] header = v2(command, TCP4, ENDS);
        assertThat(mistake(header)).isEqualTo("binary header is not of version 2");
        assertThat(mistake(Arrays.copyOf(header, 13))).isEqualTo("binary header is not of version 2");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x22, 0x23, 0x2f})
    void otherCommandsAreRefusedAsSoonAsSeen(int command) {
        byte[] header = v2(command, TCP4, ENDS);
        assertThat(mistake(header)).isEqualTo("version 2 header has an unknown command");
        assertThat(mistake(Arrays.copyOf(header, 13))).isEqualTo("version 2 header has an unknown command");
    }

    // Lengths

    static Stream<Arguments> families() {
        return Stream.of(
                Arguments.of(TCP4, 12),
                Arguments.of(0x12, 12),
                Arguments.of(TCP6, 36),
                Arguments.of(0x22, 36),
                Arguments.of(UNIX, 216),
                Arguments.of(0x32, 216));
    }

    @ParameterizedTest
    @MethodSource("families")
    void aHeaderHoldsItsAddresses(int family, int addresses) {
        for (int length = 0; length < addresses; length++) {
            assertThat(mistake(v2(PROXY, family, new byte[length])))
                    .isEqualTo("version 2 header is shorter than its addresses");
        }
        assertThat(read(v2(PROXY, family, new byte[addresses]))).isInstanceOf(ProxyResult.Complete.class);
    }

    /** The bytes are there, behind the end that the header has given: they belong to what follows. */
    @Test
    void addressesAreNotTakenFromBehindTheHeader() {
        byte[] header = v2(PROXY, TCP4, ENDS);
        header[15] = 11;
        assertThat(mistake(header)).isEqualTo("version 2 header is shorter than its addresses");
    }

    @Test
    void aHeaderHasUpToTheReadersBound() {
        byte[] padding = tlv(0x04, new byte[4096 - 16 - 12 - 3]);
        assertThat(header(tcp4(padding))).isEqualTo(TOLD);
        byte[] more = tcp4(tlv(0x04, new byte[4096 - 16 - 12 - 3 + 1]));
        assertThat(mistake(more)).isEqualTo("version 2 header is longer than 4096 bytes");
        assertThat(mistake(Arrays.copyOf(more, 16))).isEqualTo("version 2 header is longer than 4096 bytes");
        assertThat(mistake(v2(LOCAL, 0, new byte[4081]))).isEqualTo("version 2 header is longer than 4096 bytes");
    }

    @Test
    void theBoundMayBeSetToTheGreatestHeaderOrTheLeast() {
        byte[] greatest = tcp4(tlv(Tlv.AUTHORITY, new byte[65535 - 12 - 3]));
        ProxyResult result = new ProxyHeaderReader(16 + 65535).read(Unpooled.wrappedBuffer(greatest));
        assertThat(result).isInstanceOf(ProxyResult.Complete.class);
        ProxyHeaderReader least = new ProxyHeaderReader(16);
        assertThat(least.read(Unpooled.wrappedBuffer(v2(LOCAL, 0)))).isInstanceOf(ProxyResult.Complete.class);
        assertThat(new ProxyHeaderReader(16).read(Unpooled.wrappedBuffer(v2(LOCAL, 0, bytes(0)))))
                .isInstanceOf(ProxyResult.Malformed.class);
        assertThatIllegalArgumentException().isThrownBy(() -> new ProxyHeaderReader(15));
    }

    // What is added

    @Test
    void additionsAreRead() {
        byte[] header = tcp4(
                tlv(0x04, new byte[5]),
                tlv(Tlv.UNIQUE_ID, bytes(0, 255, 13, 10)),
                tlv(Tlv.ALPN, latin1("h2")),
                tlv(Tlv.AUTHORITY, "b\u00fccher.example".getBytes(StandardCharsets.UTF_8)));
        assertThat(header(header))
                .isEqualTo(new ProxyHeader(
                        TOLD.source(), TOLD.destination(), "b\u00fccher.example", "h2", "\u0000\u00ff\r\n"));
    }

    /** NOOP, SSL, NETNS, a proxy's own, and one that nobody has yet. */
    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x04, 0x20, 0x30, 0xe0, 0xea, 0xff})
    void unknownAdditionsAreReadOver(int type) {
        assertThat(header(tcp4(tlv(type, new byte[9]), tlv(type, new byte[0]), tlv(Tlv.ALPN, latin1("h2"))))
                        .alpn())
                .isEqualTo("h2");
    }

    @Test
    void emptyAdditionsAreNoMistake() {
        ProxyHeader header = header(tcp4(
                tlv(Tlv.AUTHORITY, bytes()), tlv(Tlv.ALPN, bytes()), tlv(Tlv.UNIQUE_ID, bytes()), tlv(4, bytes())));
        assertThat(header.authority()).isEmpty();
        assertThat(header.alpn()).isEmpty();
        assertThat(header.uniqueId()).isNull();
    }

    @Test
    void uniqueIdsHaveUpTo128Bytes() {
        assertThat(header(tcp4(tlv(Tlv.UNIQUE_ID, new byte[128]))).uniqueId()).hasSize(128);
        assertThat(mistake(tcp4(tlv(Tlv.UNIQUE_ID, new byte[129])))).isEqualTo("UNIQUE_ID is longer than 128 bytes");
    }

    static Stream<Arguments> noUtf8() {
        return Stream.of(
                Arguments.of("Latin-1", bytes('b', 0xfc, 'c')),
                Arguments.of("half a character", bytes('b', 0xc3)),
                Arguments.of("NUL in two bytes", bytes(0xc0, 0x80)),
                Arguments.of("half a surrogate pair", bytes(0xed, 0xa0, 0x80)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("noUtf8")
    void anAuthorityIsUtf8(String name, byte[] authority) {
        assertThat(mistake(tcp4(tlv(Tlv.AUTHORITY, authority)))).isEqualTo("AUTHORITY is not UTF-8");
    }

    static Stream<Arguments> twice() {
        return Stream.of(
                Arguments.of("AUTHORITY", tlv(Tlv.AUTHORITY, latin1("a.example"))),
                Arguments.of("AUTHORITY", tlv(Tlv.AUTHORITY, bytes())),
                Arguments.of("ALPN", tlv(Tlv.ALPN, latin1("h2"))),
                Arguments.of("UNIQUE_ID", tlv(Tlv.UNIQUE_ID, bytes(1))),
                Arguments.of("UNIQUE_ID", tlv(Tlv.UNIQUE_ID, bytes())));
    }

    @ParameterizedTest
    @MethodSource("twice")
    void nothingIsSaidTwice(String name, byte[] tlv) {
        assertThat(mistake(tcp4(tlv, tlv))).isEqualTo("version 2 header has " + name + " twice");
        assertThat(mistake(tcp4(tlv, tlv(4, bytes()), tlv))).isEqualTo("version 2 header has " + name + " twice");
    }

    static Stream<byte[]> torn() {
        return Stream.of(
                bytes(4),
                bytes(4, 0),
                bytes(4, 0, 1),
                bytes(4, 0, 2, 0),
                bytes(4, 255, 255, 0),
                bytes(Tlv.AUTHORITY, 0, 2, 'a'),
                bytes(4, 0, 0, 4),
                bytes(4, 0, 0, 4, 0, 1));
    }

    @ParameterizedTest
    @MethodSource("torn")
    void additionsEndWhereTheHeaderEnds(byte[] torn) {
        assertThat(mistake(tcp4(torn))).isEqualTo("version 2 header ends within a TLV");
        // Not even when the rest is there, behind the header.
        byte[] behind = concat(tcp4(torn), new byte[100]);
        assertThat(read(behind)).isEqualTo(new ProxyResult.Malformed("version 2 header ends within a TLV"));
    }

    // The checksum

    @Test
    void aChecksumIsChecked() {
        byte[] good = checksummed(tcp4(tlv(Tlv.AUTHORITY, latin1("shop.example.com")), tlv(Tlv.CRC32C, new byte[4])));
        assertThat(header(good).authority()).isEqualTo("shop.example.com");
    }

    /** Whichever bit it is, as long as the checksum can be found. */
    @Test
    void aDamagedHeaderIsRefused() {
        byte[] good = checksummed(tcp4(tlv(Tlv.AUTHORITY, latin1("shop.example.com")), tlv(Tlv.CRC32C, new byte[4])));
        List<Integer> typesAndLengths = List.of(28, 29, 30, good.length - 7, good.length - 6, good.length - 5);
        for (int i = 16; i < good.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = good.clone();
                damaged[i] ^= (byte) (1 << bit);
                if (!typesAndLengths.contains(i)) {
                    assertThat(read(damaged))
                            .as("bit %d of byte %d", bit, i)
                            .isIn(
                                    new ProxyResult.Malformed(
                                            "CRC32C does not match: the header was damaged on its way"),
                                    new ProxyResult.Malformed("AUTHORITY is not UTF-8"));
                }
            }
        }
    }

    @Test
    void aChecksumNeedNotStandLast() {
        byte[] good = checksummed(tcp4(tlv(Tlv.CRC32C, new byte[4]), tlv(4, bytes(1))), 16 + 12 + 3);
        assertThat(header(good)).isEqualTo(TOLD);
        good[good.length - 1] ^= 1;
        assertThat(mistake(good)).isEqualTo("CRC32C does not match: the header was damaged on its way");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 5, 8})
    void aChecksumHasFourBytes(int length) {
        assertThat(mistake(tcp4(tlv(Tlv.CRC32C, new byte[length])))).isEqualTo("CRC32C does not have 4 bytes");
    }

    @Test
    void aSecondChecksumIsRefused() {
        byte[] crc = tlv(Tlv.CRC32C, new byte[4]);
        byte[] two = checksummed(tcp4(crc, crc), 16 + 12 + 3);
        assertThat(mistake(two)).isEqualTo("version 2 header has CRC32C twice");
    }
}
