package io.hawser.tls;

import static io.hawser.tls.HelloBuilder.ascii;
import static io.hawser.tls.HelloBuilder.bytes;
import static io.hawser.tls.HelloBuilder.concat;
import static io.hawser.tls.HelloBuilder.handshake;
import static io.hawser.tls.HelloBuilder.record;
import static io.hawser.tls.HelloBuilder.shorts;
import static io.hawser.tls.HelloBuilder.vector16;
import static io.hawser.tls.Hellos.alert;
import static io.hawser.tls.Hellos.hello;
import static io.hawser.tls.Hellos.inRecords;
import static io.hawser.tls.Hellos.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import io.hawser.testing.Seeds;
import io.hawser.testing.WatchedBuffer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands between the connection's first byte and the message: records, bounds, and those who speak no TLS. */
class ClientHelloReaderTest {

    private static final int MAX = ClientHelloReader.DEFAULT_MAX_BYTES;
    private static final int MAX_RECORD = 1 << 14;
    private static final int PADDING = 21;
    private static final int X25519_MLKEM768 = 0x11ec;
    private static final int ML_KEM_1024 = 0x0202;

    /** A well-formed hello of exactly so many bytes, its handshake header included. */
    private static byte[] messageOf(int size) {
        int withEmptyPadding = padded(0).length;
        return padded(size - withEmptyPadding);
    }

    private static byte[] padded(int padding) {
        return new HelloBuilder()
                .serverName("shop.example.com")
                .extension(PADDING, new byte[padding])
                .message();
    }

    private static int[] recordsOf(int length, int message) {
        int[] lengths = new int[(message + length - 1) / length];
        Arrays.fill(lengths, length);
        lengths[lengths.length - 1] = message - (lengths.length - 1) * length;
        return lengths;
    }

    // Sizes

    @Test
    void postQuantumKeysMakeHellosLongerThanASegment() {
        byte[] keys = concat(
                shorts(X25519_MLKEM768), vector16(new byte[1216]),
                shorts(ML_KEM_1024), vector16(new byte[1568]),
                shorts(29), vector16(new byte[32]));
        ClientHello hello =
                hello(new HelloBuilder().extension(51, vector16(keys)).serverName("shop.example.com"));
        assertThat(hello.keyShareGroups()).isEqualTo(new CodePoints(new char[] {X25519_MLKEM768, ML_KEM_1024, 29}));
        assertThat(hello.serverName()).isEqualTo("shop.example.com");
        assertThat(hello.sizeInBytes()).isGreaterThan(2800);
    }

    @Test
    void sixtyFourKibibytesAreRead() {
        ClientHello hello = hello(inRecords(messageOf(MAX), recordsOf(MAX_RECORD, MAX)));
        assertThat(hello.sizeInBytes()).isEqualTo(64 * 1024);
        assertThat(hello.recordCount()).isEqualTo(4);
        assertThat(hello.serverName()).isEqualTo("shop.example.com");
    }

    @Test
    void oneByteMoreIsTooLargeAsSoonAsItsLengthIsSeen() {
        byte[] message = messageOf(MAX + 1);
        byte[] wire = inRecords(message, recordsOf(MAX_RECORD, message.length));
        assertThat(read(wire)).isEqualTo(HelloResult.TOO_LARGE);
        assertThat(read(Arrays.copyOf(wire, 8))).isEqualTo(HelloResult.NEED_MORE);
        assertThat(read(Arrays.copyOf(wire, 9))).isEqualTo(HelloResult.TOO_LARGE);
    }

    @Test
    void theBoundMayBeSet() {
        byte[] wire = record(messageOf(1000));
        assertThat(new ClientHelloReader(1000).read(Unpooled.wrappedBuffer(wire)))
                .isInstanceOf(HelloResult.Complete.class);
        assertThat(new ClientHelloReader(999).read(Unpooled.wrappedBuffer(wire)))
                .isEqualTo(HelloResult.TOO_LARGE);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 3, (1 << 20) + 1})
    void aBoundThatCouldNotHoldIsRefused(int bound) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ClientHelloReader(bound))
                .withMessageContaining(Integer.toString(bound));
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 1 << 20})
    void theLeastAndTheGreatestBoundAreAccepted(int bound) {
        assertThat(new ClientHelloReader(bound).maxWireBytes()).isEqualTo(bound + 64 * 5);
    }

    // Records

    @Test
    void theLongestHelloMayComeInSixtyFourRecords() {
        ClientHello hello = hello(inRecords(messageOf(MAX), recordsOf(MAX / 64, MAX)));
        assertThat(hello.recordCount()).isEqualTo(64);
        assertThat(hello.wireBytes()).isEqualTo(new ClientHelloReader().maxWireBytes());
    }

    @Test
    void oneRecordMoreIsTooLarge() {
        int[] lengths = recordsOf(MAX / 64, MAX);
        int[] oneMore = Arrays.copyOf(lengths, 65);
        oneMore[63]--;
        oneMore[64] = 1;
        assertThat(read(inRecords(messageOf(MAX), oneMore))).isEqualTo(HelloResult.TOO_LARGE);
    }

    @Test
    void recordsOfOneByteAreReadUpToASixthOfTheBound() {
        int most = new ClientHelloReader().maxWireBytes() / 6;
        assertThat(hello(inRecords(messageOf(most), recordsOf(1, most))).recordCount())
                .isEqualTo(most);
        assertThat(read(inRecords(messageOf(most + 1), recordsOf(1, most + 1)))).isEqualTo(HelloResult.TOO_LARGE);
    }

    /** A caller that stops reading there would otherwise wait until its deadline, and so would the client. */
    @Test
    void whoHoldsTheMostBytesIsNeverAskedForMore() {
        Seeds.rounds(200, random -> {
            int bound = 500 + random.nextInt(2000);
            int most = new ClientHelloReader(bound).maxWireBytes();
            int longest = 1 + random.nextInt(40);
            byte[] endless = handshake(1, new byte[bound - 4]);
            byte[] wire = {};
            for (int from = 0; wire.length < most; ) {
                int length = 1 + random.nextInt(longest);
                byte[] fragment = from + length <= endless.length - 1
                        ? Arrays.copyOfRange(endless, from, from + length)
                        : bytes(0);
                from += fragment.length;
                wire = concat(wire, record(fragment));
            }
            HelloResult result = new ClientHelloReader(bound).read(new WatchedBuffer(wire).receivedSoFar(most));
            assertThat(result).isNotEqualTo(HelloResult.NEED_MORE);
        });
    }

    @Test
    void theVersionOfARecordIsIgnored() {
        byte[] message = messageOf(200);
        for (int minor = 0; minor < 256; minor++) {
            byte[] wire = inRecords(message, 100, 100);
            wire[2] = (byte) minor;
            wire[100 + 5 + 2] = (byte) (255 - minor);
            assertThat(hello(wire).serverName()).isEqualTo("shop.example.com");
        }
    }

    @Test
    void aLaterRecordOfAnotherMajorVersionIsMalformed() {
        byte[] wire = inRecords(messageOf(200), 100, 100);
        wire[100 + 5 + 1] = 2;
        assertThat(alert(wire)).isEqualTo(Alert.DECODE_ERROR);
        assertThat(alert(Arrays.copyOf(wire, 100 + 5 + 2))).isEqualTo(Alert.DECODE_ERROR);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 20, 21, 23, 24, 80, 255})
    void anotherRecordMayNotCutTheHello(int contentType) {
        byte[] message = messageOf(200);
        byte[] first = record(Arrays.copyOf(message, 100));
        byte[] other = concat(bytes(contentType, 3, 3), vector16(bytes(1)));
        byte[] second = record(Arrays.copyOfRange(message, 100, 200));
        assertThat(alert(concat(first, other, second))).isEqualTo(Alert.UNEXPECTED_MESSAGE);
        assertThat(alert(concat(first, bytes(contentType)))).isEqualTo(Alert.UNEXPECTED_MESSAGE);
    }

    @Test
    void anEmptyRecordIsMalformedWhereverItStands() {
        byte[] message = messageOf(200);
        byte[] empty = record(bytes());
        assertThat(alert(concat(empty, record(message)))).isEqualTo(Alert.UNEXPECTED_MESSAGE);
        for (int cut = 1; cut < message.length; cut++) {
            byte[] first = record(Arrays.copyOf(message, cut));
            byte[] second = record(Arrays.copyOfRange(message, cut, message.length));
            assertThat(alert(concat(first, empty, second))).isEqualTo(Alert.UNEXPECTED_MESSAGE);
        }
    }

    @Test
    void aRecordMayHave16384Bytes() {
        assertThat(hello(record(messageOf(MAX_RECORD))).recordCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {MAX_RECORD + 1, MAX_RECORD + 256, 0xffff})
    void aLongerRecordOverflowsAsSoonAsItsLengthIsSeen(int length) {
        byte[] header = concat(bytes(22, 3, 1), shorts(length));
        assertThat(alert(header)).isEqualTo(Alert.RECORD_OVERFLOW);
        assertThat(alert(concat(record(bytes(1, 0)), header))).isEqualTo(Alert.RECORD_OVERFLOW);
    }

    // What comes first, and what comes behind

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3, 4, 11, 20, 254, 255})
    void theFirstMessageMustBeAClientHello(int type) {
        byte[] message = messageOf(200);
        message[0] = (byte) type;
        assertThat(alert(record(message))).isEqualTo(Alert.UNEXPECTED_MESSAGE);
        assertThat(alert(Arrays.copyOf(record(message), 6))).isEqualTo(Alert.UNEXPECTED_MESSAGE);
    }

    @Test
    void nothingMayFollowInTheHellosOwnRecord() {
        byte[] message = messageOf(200);
        byte[] another = handshake(20, new byte[12]);
        assertThat(alert(record(concat(message, bytes(0))))).isEqualTo(Alert.UNEXPECTED_MESSAGE);
        assertThat(alert(record(concat(message, another)))).isEqualTo(Alert.UNEXPECTED_MESSAGE);
        assertThat(alert(inRecords(concat(message, bytes(0)), 100, 101))).isEqualTo(Alert.UNEXPECTED_MESSAGE);
        assertThat(alert(inRecords(concat(message, bytes(0)), 1, 2, 198))).isEqualTo(Alert.UNEXPECTED_MESSAGE);
    }

    @Test
    void aMessageThatSaysItIsShorterThanItIsHasBytesBehindIt() {
        byte[] message = messageOf(200);
        message[3]--;
        assertThat(alert(record(message))).isEqualTo(Alert.UNEXPECTED_MESSAGE);
    }

    @Test
    void aMessageThatSaysItIsLongerThanItIsWaitsForTheRest() {
        byte[] message = messageOf(200);
        message[3]++;
        assertThat(read(record(message))).isEqualTo(HelloResult.NEED_MORE);
        assertThat(alert(concat(record(message), bytes(23)))).isEqualTo(Alert.UNEXPECTED_MESSAGE);
        // The byte that it waited for does not make it well-formed.
        assertThat(alert(concat(record(message), record(bytes(0))))).isEqualTo(Alert.DECODE_ERROR);
    }

    @Test
    void zeroRttDataBehindTheHelloIsLeftAlone() {
        byte[] identities = HelloBuilder.identity(new byte[16], 5);
        byte[] wire = new HelloBuilder()
                .serverName("shop.example.com")
                .extension(ExtensionType.EARLY_DATA)
                .preSharedKey(identities, HelloBuilder.binder(32))
                .record();
        byte[] changeCipherSpec = bytes(20, 3, 3, 0, 1, 1);
        byte[] earlyData = concat(bytes(23, 3, 3), vector16(new byte[300]));
        ClientHello hello = hello(concat(wire, changeCipherSpec, earlyData));
        assertThat(hello.offersEarlyData()).isTrue();
        assertThat(hello.offersPsk()).isTrue();
        assertThat(hello.wireBytes()).isEqualTo(wire.length);
        assertThat(hello.recordCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 22, 255})
    void whatFollowsTheLastRecordIsNotLookedAt(int next) {
        byte[] wire = record(messageOf(200));
        assertThat(hello(concat(wire, bytes(next))).wireBytes()).isEqualTo(wire.length);
    }

    // Who speaks no TLS

    static Stream<Arguments> strangers() {
        return Stream.of(
                Arguments.of("HTTP", ascii("GET / HTTP/1.1\r\nHost: shop.example.com\r\n\r\n"), 1),
                Arguments.of("SSH", ascii("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"), 1),
                Arguments.of("SMTP", ascii("EHLO client.example.com\r\n"), 1),
                Arguments.of("PROXY v1", ascii("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"), 1),
                Arguments.of("PROXY v2", HexFormat.of().parseHex("0d0a0d0a000d0a515549540a2111000c"), 1),
                Arguments.of(
                        "SSLv2 hello for TLS 1.0",
                        HexFormat.of().parseHex("802e0103010015000000100100800700c003008006004002008004008000"),
                        1),
                Arguments.of("SSLv2 hello with padding", HexFormat.of().parseHex("002e00010002"), 1),
                Arguments.of("an alert", bytes(21, 3, 3, 0, 2, 2, 40), 1),
                Arguments.of("a ChangeCipherSpec", bytes(20, 3, 3, 0, 1, 1), 1),
                Arguments.of("application data", bytes(23, 3, 3, 0, 1, 1), 1),
                Arguments.of("DTLS 1.2", bytes(22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 40), 2),
                Arguments.of("zeros", new byte[100], 1),
                Arguments.of("a handshake record of version 2", bytes(22, 2, 0, 0, 1, 1), 2));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("strangers")
    void whatIsNoTlsIsKnownByItsFirstBytes(String name, byte[] sent, int decisive) {
        for (int count = decisive; count <= sent.length; count++) {
            assertThat(read(Arrays.copyOf(sent, count))).isEqualTo(HelloResult.NOT_TLS);
        }
        assertThat(read(Arrays.copyOf(sent, decisive - 1))).isEqualTo(HelloResult.NEED_MORE);
    }

    // One reader for one connection

    @Test
    void theAnswerStays() {
        byte[] good = record(messageOf(200));
        byte[] bad = record(bytes(2));
        ClientHelloReader complete = new ClientHelloReader();
        HelloResult first = complete.read(Unpooled.wrappedBuffer(good));
        assertThat(complete.read(Unpooled.wrappedBuffer(bad))).isSameAs(first);
        ClientHelloReader malformed = new ClientHelloReader();
        HelloResult refused = malformed.read(Unpooled.wrappedBuffer(bad));
        assertThat(refused).isInstanceOf(HelloResult.Malformed.class);
        assertThat(malformed.read(Unpooled.wrappedBuffer(good))).isSameAs(refused);
        ClientHelloReader stranger = new ClientHelloReader();
        assertThat(stranger.read(Unpooled.wrappedBuffer(ascii("GET")))).isEqualTo(HelloResult.NOT_TLS);
        assertThat(stranger.read(Unpooled.wrappedBuffer(good))).isEqualTo(HelloResult.NOT_TLS);
    }

    /** Counted in bytes read, not in time: the longest hello, and one of the shortest records, a byte at a time. */
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1024, MAX_RECORD})
    void theWorkGrowsWithTheBytesReceivedAndNotWithTheirSquare(int recordLength) {
        int size = recordLength == 1 ? 10_000 : recordLength == 7 ? 30_000 : MAX;
        byte[] wire = inRecords(messageOf(size), recordsOf(recordLength, size));
        ClientHelloReader reader = new ClientHelloReader();
        WatchedBuffer received = new WatchedBuffer(wire);
        HelloResult result = HelloResult.NEED_MORE;
        for (int count = 0; count <= wire.length; count++) {
            result = reader.read(received.receivedSoFar(count));
        }
        assertThat(result).isInstanceOf(HelloResult.Complete.class);
        assertThat(received.bytesRead()).isLessThan(10L * wire.length);
    }

    /** The longest hello of the most extensions, which is the most work that one can make of its bytes. */
    @Test
    void theMemoryTakenGrowsWithTheHelloAndNotWithItsSquare() {
        HelloBuilder hello = new HelloBuilder();
        for (int type = 0x1000; type < 0x1000 + 16_000; type++) {
            hello.extension(type);
        }
        byte[] message = hello.message();
        ByteBuf wire = Unpooled.wrappedBuffer(inRecords(message, recordsOf(MAX_RECORD, message.length)));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        HelloResult result = new ClientHelloReader().read(wire);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(result).isInstanceOf(HelloResult.Complete.class);
        assertThat(allocated).isLessThan(16L * message.length);
    }
}
