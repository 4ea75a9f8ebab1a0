package io.hawser.tls;

import static io.hawser.tls.Hellos.inRecords;
import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.testing.WatchedBuffer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** However TCP cuts a real client's hello into segments, and TLS into records, it reads as the whole one does. */
class SplitHelloTest {

    private static final String EVERY_CAPTURE = "io.hawser.tls.Captures#names";

    @ParameterizedTest
    @MethodSource(EVERY_CAPTURE)
    void inTwoSegmentsCutAnywhere(String name) {
        byte[] wire = Captures.wire(name);
        HelloFacts whole = HelloFacts.of(Hellos.hello(wire));
        for (int cut = 0; cut < wire.length; cut++) {
            ClientHelloReader reader = new ClientHelloReader();
            assertThat(readUntouched(reader, new WatchedBuffer(Arrays.copyOf(wire, cut))))
                    .as("the first %d bytes", cut)
                    .isEqualTo(HelloResult.NEED_MORE);
            HelloResult result = readUntouched(reader, new WatchedBuffer(wire));
            assertThat(facts(result)).as("cut after %d bytes", cut).isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_CAPTURE)
    void oneByteAtATime(String name) {
        byte[] wire = Captures.wire(name);
        ClientHelloReader reader = new ClientHelloReader();
        WatchedBuffer received = new WatchedBuffer(wire);
        for (int count = 0; count < wire.length; count++) {
            assertThat(readUntouched(reader, received.receivedSoFar(count)))
                    .as("the first %d bytes", count)
                    .isEqualTo(HelloResult.NEED_MORE);
        }
        HelloResult result = readUntouched(reader, received.receivedSoFar(wire.length));
        assertThat(facts(result)).isEqualTo(HelloFacts.of(Hellos.hello(wire)));
    }

    @ParameterizedTest
    @MethodSource(EVERY_CAPTURE)
    void inTwoRecordsCutAnywhere(String name) {
        byte[] message = Captures.message(name);
        HelloFacts whole = HelloFacts.of(Hellos.hello(Captures.wire(name)));
        for (int cut = 1; cut < message.length; cut++) {
            byte[] wire = inRecords(message, cut, message.length - cut);
            ClientHello hello = complete(readUntouched(new ClientHelloReader(), new WatchedBuffer(wire)));
            assertThat(HelloFacts.of(hello)).as("cut after %d bytes", cut).isEqualTo(whole);
            assertThat(hello.recordCount()).isEqualTo(2);
            assertThat(hello.wireBytes()).isEqualTo(wire.length);
        }
    }

    @ParameterizedTest
    @MethodSource(EVERY_CAPTURE)
    void inRecordsOfOneByte(String name) {
        byte[] message = Captures.message(name);
        int[] ones = new int[message.length];
        Arrays.fill(ones, 1);
        byte[] wire = inRecords(message, ones);
        ClientHelloReader reader = new ClientHelloReader();
        WatchedBuffer received = new WatchedBuffer(wire);
        for (int count = 0; count < wire.length; count++) {
            assertThat(readUntouched(reader, received.receivedSoFar(count))).isEqualTo(HelloResult.NEED_MORE);
        }
        ClientHello hello = complete(readUntouched(reader, received.receivedSoFar(wire.length)));
        assertThat(HelloFacts.of(hello)).isEqualTo(HelloFacts.of(Hellos.hello(Captures.wire(name))));
        assertThat(hello.recordCount()).isEqualTo(message.length);
        assertThat(hello.wireBytes()).isEqualTo(6 * message.length);
    }

    /** Cut both ways at once: the second record's header may itself be torn. */
    @ParameterizedTest
    @ValueSource(strings = {"openssl-tls12-no-ticket-1", "gnutls-tls12-1"})
    void inTwoRecordsAndTwoSegments(String name) {
        byte[] message = Captures.message(name);
        HelloFacts whole = HelloFacts.of(Hellos.hello(Captures.wire(name)));
        for (int recordCut = 1; recordCut < message.length; recordCut++) {
            byte[] wire = inRecords(message, recordCut, message.length - recordCut);
            WatchedBuffer received = new WatchedBuffer(wire);
            for (int cut = 0; cut < wire.length; cut++) {
                ClientHelloReader reader = new ClientHelloReader();
                assertThat(reader.read(received.receivedSoFar(cut))).isEqualTo(HelloResult.NEED_MORE);
                ClientHello hello = complete(reader.read(received.receivedSoFar(wire.length)));
                assertThat(hello.serverName()).isEqualTo(whole.serverName());
                assertThat(hello.extensions()).isEqualTo(whole.extensions());
            }
        }
    }

    /** As a pooled allocator and a composite of segments would hold it, behind bytes that were taken off before. */
    @ParameterizedTest
    @MethodSource(EVERY_CAPTURE)
    void inAnyKindOfBuffer(String name) {
        byte[] wire = Captures.wire(name);
        HelloFacts whole = HelloFacts.of(Hellos.hello(wire));
        ByteBuf direct = Unpooled.directBuffer().writeInt(7).writeBytes(wire).skipBytes(4);
        ByteBuf composite = Unpooled.wrappedBuffer(
                Arrays.copyOf(wire, 3),
                Arrays.copyOfRange(wire, 3, 44),
                Arrays.copyOfRange(wire, 44, 81),
                Arrays.copyOfRange(wire, 81, wire.length));
        try {
            assertThat(facts(readUntouched(new ClientHelloReader(), direct))).isEqualTo(whole);
            assertThat(facts(readUntouched(new ClientHelloReader(), composite))).isEqualTo(whole);
        } finally {
            direct.release();
            composite.release();
        }
    }

    private static HelloResult readUntouched(ClientHelloReader reader, ByteBuf received) {
        int readerIndex = received.readerIndex();
        int writerIndex = received.writerIndex();
        HelloResult result = reader.read(received);
        if (received.readerIndex() != readerIndex || received.writerIndex() != writerIndex || received.refCnt() != 1) {
            throw new AssertionError("the reader touched the buffer: " + received);
        }
        return result;
    }

    private static HelloFacts facts(HelloResult result) {
        return HelloFacts.of(complete(result));
    }

    private static ClientHello complete(HelloResult result) {
        assertThat(result).isInstanceOf(HelloResult.Complete.class);
        return ((HelloResult.Complete) result).hello();
    }
}
