package io.hawser.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.testing.Seeds;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/** What a server's first bytes tell of the session, from real servers and from none. */
final class ServerFlightReaderTest {

    private static final byte[] RETRY_RANDOM = hex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");
    private static final byte[] RANDOM = new byte[32];
    private static final byte[] ID = hex("0102030405060708");

    @Test
    void readsTls12FromJava() throws SSLException {
        SSLContext clients = JavaHandshake.context();
        SSLContext servers = JavaHandshake.context();
        JavaHandshake first = JavaHandshake.of(clients, servers, "TLSv1.2");
        ServerFlight full = flight(first.fromServer);
        assertThat(full.version()).isEqualTo(0x0303);
        assertThat(full.resumed()).isFalse();
        assertThat(full.ticket()).hasSizeGreaterThan(100);
        assertThat(full.sessionId()).hasSize(32);

        JavaHandshake second = JavaHandshake.of(clients, servers, "TLSv1.2");
        ServerFlight abbreviated = flight(second.fromServer);
        assertThat(abbreviated.resumed()).isTrue();
        // The very ticket that the first connection was given.
        assertThat(Hellos.hello(firstRecord(second.fromClient)).sessionTicket()).isEqualTo(full.ticket());
        assertThat(abbreviated.ticket())
                .as("Java issues another one")
                .isNotEmpty()
                .isNotEqualTo(full.ticket());
    }

    @Test
    void readsTls13FromJava() throws SSLException {
        SSLContext clients = JavaHandshake.context();
        SSLContext servers = JavaHandshake.context();
        ServerFlight full = flight(JavaHandshake.of(clients, servers, "TLSv1.3").fromServer);
        assertThat(full.isTls13()).isTrue();
        assertThat(full.resumed()).isFalse();
        assertThat(full.selectedPsk()).isEqualTo(-1);
        assertThat(full.sessionId()).as("an echo").isEmpty();

        ServerFlight resumed = flight(JavaHandshake.of(clients, servers, "TLSv1.3").fromServer);
        assertThat(resumed.resumed()).isTrue();
        assertThat(resumed.selectedPsk()).isZero();

        SSLContext restarted = JavaHandshake.context();
        ServerFlight refused = flight(JavaHandshake.of(clients, restarted, "TLSv1.3").fromServer);
        assertThat(refused.resumed()).isFalse();
    }

    @Test
    void splitsChangeNothing() throws SSLException {
        for (String protocol : new String[] {"TLSv1.2", "TLSv1.3"}) {
            SSLContext clients = JavaHandshake.context();
            SSLContext servers = JavaHandshake.context();
            for (int i = 0; i < 2; i++) {
                byte[] sent = JavaHandshake.of(clients, servers, protocol).fromServer;
                String whole = flight(sent).toString();
                byte[] ticket = flight(sent).ticket();
                for (int split = 1; split < sent.length; split++) {
                    ServerFlightReader reader = new ServerFlightReader();
                    reader.read(Unpooled.wrappedBuffer(sent, 0, split));
                    reader.read(Unpooled.wrappedBuffer(sent, split, sent.length - split));
                    assertThat(reader.flight()).asString().isEqualTo(whole);
                }
                ServerFlightReader reader = new ServerFlightReader();
                for (byte one : sent) {
                    reader.read(Unpooled.wrappedBuffer(new byte[] {one}));
                }
                assertThat(reader.flight()).asString().isEqualTo(whole);
                assertThat(flight(recut(sent, 3)).ticket()).isEqualTo(ticket);
            }
        }
    }

    @Test
    void waitsForTheHelloBehindARetry() {
        byte[] sent = concat(
                record(22, serverHello(0x0303, RETRY_RANDOM, ID, extension(43, hex("0304")))),
                record(20, hex("01")),
                record(22, serverHello(0x0303, RANDOM, ID, extension(43, hex("0304")), extension(41, hex("0001")))));
        ServerFlight flight = flight(sent);
        assertThat(flight.selectedPsk()).isEqualTo(1);

        ServerFlightReader reader = new ServerFlightReader();
        int retry = record(22, serverHello(0x0303, RETRY_RANDOM, ID, extension(43, hex("0304")))).length;
        assertThat(reader.read(Unpooled.wrappedBuffer(sent, 0, retry + 6)))
                .as("the retry and its ChangeCipherSpec decide nothing")
                .isFalse();
    }

    @Test
    void readsASessionIdOfTls12() {
        byte[] hello = serverHello(0x0303, RANDOM, ID);
        ServerFlight full = flight(concat(
                record(22, concat(hello, message(11, new byte[500]), message(14, new byte[0]))),
                record(20, hex("01"))));
        assertThat(full.resumed()).isFalse();
        assertThat(full.sessionId()).isEqualTo(ID);
        ServerFlight resumed = flight(concat(record(22, hello), record(20, hex("01"))));
        assertThat(resumed.resumed()).isTrue();
        assertThat(resumed.ticket()).isEmpty();
    }

    @Test
    void takesAnEmptyTicketForNone() {
        byte[] sent = concat(
                record(22, concat(serverHello(0x0303, RANDOM, ID), message(4, hex("000000000000")))),
                record(20, hex("01")));
        assertThat(flight(sent).ticket()).isEmpty();
    }

    @Test
    void givesUpOnWhatIsNoHandshake() {
        byte[] hello = serverHello(0x0303, RANDOM, ID);
        assertGivesUp(record(21, hex("0228")));
        assertGivesUp("HTTP/1.1 200 OK\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        assertGivesUp(record(20, hex("01")));
        assertGivesUp(record(22, message(11, new byte[10])));
        assertGivesUp(concat(record(22, hello), record(23, new byte[20])));
        assertGivesUp(concat(record(22, hello), record(22, hello)));
        assertGivesUp(new byte[] {22, 3, 3, 0, 0});
        assertGivesUp(record(22, message(2, new byte[17 * 1024 - 4])));
        assertGivesUp(record(22, serverHello(0x0303, RANDOM, new byte[33])));
        assertGivesUp(record(22, serverHello(0x0303, RANDOM, ID, extension(43, hex("0305")))));
        assertGivesUp(record(22, serverHello(0x0303, RANDOM, ID, extension(43, hex("030400")))));
        byte[] retry = record(22, serverHello(0x0303, RETRY_RANDOM, ID, extension(43, hex("0304"))));
        assertGivesUp(concat(retry, retry));
        byte[] cut = record(22, Arrays.copyOf(hello, 20));
        assertGivesUp(concat(record(22, hello), record(22, hex("0b00")), record(20, hex("01"))));
        assertThat(new ServerFlightReader().read(Unpooled.wrappedBuffer(cut))).isFalse();
    }

    @Test
    void endsWithinABound() {
        byte[] certificate = record(22, message(11, new byte[16_000]));
        ServerFlightReader reader = new ServerFlightReader();
        reader.read(Unpooled.wrappedBuffer(record(22, serverHello(0x0303, RANDOM, ID))));
        int rounds = 0;
        while (!reader.read(Unpooled.wrappedBuffer(certificate))) {
            rounds++;
        }
        assertThat(rounds).isBetween(10, 20);
        assertThat(reader.flight()).isNull();
    }

    @Test
    void neverThrowsOnMutations() throws SSLException {
        byte[] real = JavaHandshake.of(JavaHandshake.context(), JavaHandshake.context(), "TLSv1.2").fromServer;
        byte[] made = concat(
                record(22, serverHello(0x0303, RETRY_RANDOM, ID, extension(43, hex("0304")))),
                record(20, hex("01")),
                record(22, serverHello(0x0303, RANDOM, ID, extension(43, hex("0304")), extension(41, hex("0001")))));
        Seeds.rounds(5_000, random -> {
            byte[] sent = (random.nextBoolean() ? real : made).clone();
            for (int i = random.nextInt(1, 6); i > 0; i--) {
                sent[random.nextInt(sent.length)] = (byte) random.nextInt();
            }
            ServerFlightReader reader = new ServerFlightReader();
            int at = 0;
            while (at < sent.length) {
                int length = Math.min(sent.length - at, 1 + random.nextInt(700));
                ByteBuf part = Unpooled.wrappedBuffer(sent, at, length);
                boolean done = reader.read(part);
                assertThat(part.readableBytes()).isEqualTo(length);
                assertThat(done).isEqualTo(reader.isDone());
                at += length;
            }
        });
    }

    private static void assertGivesUp(byte[] sent) {
        ServerFlightReader reader = new ServerFlightReader();
        assertThat(reader.read(Unpooled.wrappedBuffer(sent))).isTrue();
        assertThat(reader.flight()).isNull();
    }

    private static ServerFlight flight(byte[] sent) {
        ServerFlightReader reader = new ServerFlightReader();
        reader.read(Unpooled.wrappedBuffer(sent));
        ServerFlight flight = reader.flight();
        if (flight == null) {
            throw new AssertionError("nothing was learned");
        }
        return flight;
    }

    private static byte[] firstRecord(byte[] sent) {
        return Arrays.copyOf(sent, 5 + ((sent[3] & 0xff) << 8 | (sent[4] & 0xff)));
    }

    /** The same messages in records of so many bytes. */
    private static byte[] recut(byte[] sent, int size) {
        ByteArrayOutputStream cut = new ByteArrayOutputStream();
        int at = 0;
        while (at < sent.length) {
            int length = (sent[at + 3] & 0xff) << 8 | (sent[at + 4] & 0xff);
            for (int from = 0; from < length; from += size) {
                int part = Math.min(size, length - from);
                cut.writeBytes(record(sent[at], Arrays.copyOfRange(sent, at + 5 + from, at + 5 + from + part)));
            }
            at += 5 + length;
        }
        return cut.toByteArray();
    }

    private static byte[] serverHello(int version, byte[] random, byte[] sessionId, byte[]... extensions) {
        byte[] all = concat(extensions);
        return message(
                2,
                concat(
                        shorts(version),
                        random,
                        new byte[] {(byte) sessionId.length},
                        sessionId,
                        shorts(0x1301),
                        new byte[] {0},
                        extensions.length == 0 ? new byte[0] : concat(shorts(all.length), all)));
    }

    private static byte[] extension(int type, byte[] body) {
        return concat(shorts(type), shorts(body.length), body);
    }

    private static byte[] message(int type, byte[] body) {
        return concat(new byte[] {(byte) type, (byte) (body.length >> 16)}, shorts(body.length & 0xffff), body);
    }

    private static byte[] record(int type, byte[] body) {
        return concat(new byte[] {(byte) type, 3, 3}, shorts(body.length), body);
    }

    private static byte[] shorts(int value) {
        return new byte[] {(byte) (value >> 8), (byte) value};
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] hex(String digits) {
        return java.util.HexFormat.of().parseHex(digits);
    }
}
