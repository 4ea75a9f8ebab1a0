package io.hawser.node.state;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Unpacks what another node's {@link MessageWriter} has packed. Whatever the bytes are, it reads within them and allocates
 * no more than they are.
 */
public final class MessageReader {

    private final ByteBuffer bytes;

    /**
     * Begins to read.
     *
     * @param version the one that is understood
     * @throws MessageException when the message is of another one, or empty
     */
    public MessageReader(byte[] message, int version) throws MessageException {
        this.bytes = ByteBuffer.wrap(message);
        int its = readByte();
        if (its != version) {
            throw MessageException.ofVersion(its, version);
        }
    }

    private ByteBuffer expect(int more) throws MessageException {
        if (more < 0 || more > bytes.remaining()) {
            throw MessageException.damaged("it is cut off after " + bytes.position() + " of its bytes");
        }
        return bytes;
    }

    /** 0 to 255. */
    public int readByte() throws MessageException {
        return Byte.toUnsignedInt(expect(1).get());
    }

    public boolean readBoolean() throws MessageException {
        return readByte() != 0;
    }

    public int readInt() throws MessageException {
        return expect(Integer.BYTES).getInt();
    }

    public long readLong() throws MessageException {
        return expect(Long.BYTES).getLong();
    }

    /**
     * The number of things that follow: never more than there can be.
     *
     * @param leastBytes that each of them takes, 1 or more
     */
    public int readCount(int leastBytes) throws MessageException {
        int count = readInt();
        if (count < 0 || count > bytes.remaining() / leastBytes) {
            throw MessageException.damaged(
                    "it announces " + count + " things and has " + bytes.remaining() + " bytes left for them");
        }
        return count;
    }

    public String readText() throws MessageException {
        int length = Short.toUnsignedInt(expect(Short.BYTES).getShort());
        expect(length);
        byte[] encoded = new byte[length];
        bytes.get(encoded);
        return new String(encoded, StandardCharsets.UTF_8);
    }

    public byte[] readBytes() throws MessageException {
        byte[] some = new byte[readCount(1)];
        bytes.get(some);
        return some;
    }
}
