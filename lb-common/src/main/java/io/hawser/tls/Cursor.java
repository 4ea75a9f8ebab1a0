package io.hawser.tls;

import io.netty.buffer.ByteBuf;

/**
 * Walks one TLS handshake message in the presentation language of RFC 8446 section 3, where every vector must fill
 * exactly the room that its length claims.
 *
 * <p>Reads by absolute index: the buffer's own indices stay as they are. A nested vector narrows the end instead of
 * making another cursor; {@code open} returns the outer end, which {@link #close} takes back.
 */
final class Cursor {

    private final ByteBuf bytes;
    private int index;
    private int end;

    Cursor(ByteBuf bytes, int index, int length) {
        this.bytes = bytes;
        this.index = index;
        this.end = index + length;
    }

    int index() {
        return index;
    }

    boolean hasRemaining() {
        return index < end;
    }

    int remaining() {
        return end - index;
    }

    int u8(String field) throws MalformedException {
        require(1, field);
        return bytes.getUnsignedByte(index++);
    }

    int u16(String field) throws MalformedException {
        require(2, field);
        int value = bytes.getUnsignedShort(index);
        index += 2;
        return value;
    }

    void skip(int length, String field) throws MalformedException {
        require(length, field);
        index += length;
    }

    /** A copy of the next bytes. */
    byte[] take(int length, String field) throws MalformedException {
        require(length, field);
        byte[] copy = new byte[length];
        bytes.getBytes(index, copy);
        index += length;
        return copy;
    }

    /** A copy of what was read since the cursor stood at an index. */
    byte[] takeSince(int from) {
        byte[] copy = new byte[index - from];
        bytes.getBytes(from, copy);
        return copy;
    }

    /** Enters a vector whose length is an uint8; returns what {@link #close} needs. */
    int open8(String field) throws MalformedException {
        return open(u8(field), field);
    }

    /** Enters a vector whose length is an uint16; returns what {@link #close} needs. */
    int open16(String field) throws MalformedException {
        return open(u16(field), field);
    }

    private int open(int length, String field) throws MalformedException {
        require(length, field);
        int outerEnd = end;
        end = index + length;
        return outerEnd;
    }

    /** Leaves a vector, all of which must have been read. */
    void close(int outerEnd, String field) throws MalformedException {
        if (index != end) {
            throw new MalformedException(field + " has bytes left over", Alert.DECODE_ERROR);
        }
        end = outerEnd;
    }

    /** Reads the rest of the vector as 16-bit code points, at least one. */
    CodePoints codePoints(String field) throws MalformedException {
        int length = remaining();
        if (length == 0 || length % 2 != 0) {
            throw new MalformedException(field + " is not a list of one or more 16-bit values", Alert.DECODE_ERROR);
        }
        char[] values = new char[length / 2];
        for (int i = 0; i < values.length; i++) {
            values[i] = (char) bytes.getUnsignedShort(index);
            index += 2;
        }
        return new CodePoints(values);
    }

    private void require(int length, String field) throws MalformedException {
        if (length > end - index) {
            throw new MalformedException(field + " runs past the end of what holds it", Alert.DECODE_ERROR);
        }
    }
}
