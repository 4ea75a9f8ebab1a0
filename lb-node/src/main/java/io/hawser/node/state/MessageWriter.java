package io.hawser.node.state;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Packs a message to other nodes, for a {@link MessageReader}: the version of its layout as a byte, then field by field, big
 * endian. Fields that are added at the end leave the version as it is: older nodes do not read that far.
 */
public final class MessageWriter {

    /** Of one text, in UTF-8. */
    private static final int MAX_TEXT_BYTES = 0xffff;

    private ByteBuffer bytes = ByteBuffer.allocate(256);

    /**
     * Begins a message.
     *
     * @param version of the layout, 0 to 255
     */
    public MessageWriter(int version) {
        writeByte(version);
    }

    private ByteBuffer room(int more) {
        if (bytes.remaining() < more) {
            int needed = Math.addExact(bytes.position(), more);
            bytes = ByteBuffer.allocate(Math.max(needed, (int) Math.min(Integer.MAX_VALUE - 8, 2L * bytes.capacity())))
                    .put(bytes.flip());
        }
        return bytes;
    }

    /**
     * Adds a byte.
     *
     * @param value 0 to 255
     */
    public MessageWriter writeByte(int value) {
        room(1).put((byte) value);
        return this;
    }

    public MessageWriter writeBoolean(boolean value) {
        return writeByte(value ? 1 : 0);
    }

    public MessageWriter writeInt(int value) {
        room(Integer.BYTES).putInt(value);
        return this;
    }

    public MessageWriter writeLong(long value) {
        room(Long.BYTES).putLong(value);
        return this;
    }

    /**
     * Adds a text.
     *
     * @throws IllegalArgumentException when it takes more than 65535 bytes
     */
    public MessageWriter writeText(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        if (encoded.length > MAX_TEXT_BYTES) {
            throw new IllegalArgumentException("a text of " + encoded.length + " bytes is too long for a message");
        }
        room(Short.BYTES + encoded.length).putShort((short) encoded.length).put(encoded);
        return this;
    }

    /** Bytes with their number before them. */
    public MessageWriter writeBytes(byte[] some) {
        room(Integer.BYTES + some.length).putInt(some.length).put(some);
        return this;
    }

    /** All that was written so far. */
    public byte[] toBytes() {
        byte[] all = new byte[bytes.position()];
        bytes.get(0, all);
        return all;
    }
}
