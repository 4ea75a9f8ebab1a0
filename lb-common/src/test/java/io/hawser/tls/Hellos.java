package io.hawser.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;

/** Shortcuts of the tests in this package. */
final class Hellos {

    private Hellos() {}

    static HelloResult read(byte[] received) {
        return new ClientHelloReader().read(Unpooled.wrappedBuffer(received));
    }

    static ClientHello hello(byte[] received) {
        HelloResult result = read(received);
        assertThat(result).isInstanceOf(HelloResult.Complete.class);
        return ((HelloResult.Complete) result).hello();
    }

    static ClientHello hello(HelloBuilder builder) {
        return hello(builder.record());
    }

    static Alert alert(byte[] received) {
        HelloResult result = read(received);
        assertThat(result).isInstanceOf(HelloResult.Malformed.class);
        return ((HelloResult.Malformed) result).alert();
    }

    static Alert alert(HelloBuilder builder) {
        return alert(builder.record());
    }

    /** The message in records of so many bytes each; they must make up the whole of it. */
    static byte[] inRecords(byte[] message, int... lengths) {
        ByteBuffer wire = ByteBuffer.allocate(message.length + 5 * lengths.length);
        int from = 0;
        for (int length : lengths) {
            wire.put((byte) 22).putShort((short) 0x0301).putShort((short) length);
            wire.put(message, from, length);
            from += length;
        }
        if (wire.hasRemaining()) {
            throw new IllegalArgumentException("records of " + from + " bytes for a message of " + message.length);
        }
        return wire.array();
    }
}
