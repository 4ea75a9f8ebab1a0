package io.hawser.testing;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledHeapByteBuf;
import java.util.Arrays;

/**
 * Received bytes in the midst of others, as in a buffer that is used again: fails whoever reads a byte that was not
 * received, and counts the bytes read.
 */
public final class WatchedBuffer extends UnpooledHeapByteBuf {

    private static final int AROUND = 64;

    private long bytesRead;

    /** All of the bytes are received, and the ones around them are such as a record begins with. */
    public WatchedBuffer(byte[] received) {
        super(UnpooledByteBufAllocator.DEFAULT, amid(received), received.length + 2 * AROUND);
        setIndex(AROUND, AROUND + received.length);
    }

    private static byte[] amid(byte[] received) {
        byte[] all = new byte[received.length + 2 * AROUND];
        Arrays.fill(all, (byte) 22);
        System.arraycopy(received, 0, all, AROUND, received.length);
        return all;
    }

    /** Takes the bytes behind the first {@code count} back: they are still to come. */
    public WatchedBuffer receivedSoFar(int count) {
        setIndex(AROUND, AROUND + count);
        return this;
    }

    /** How many bytes were read since this buffer was made, the same one again each time. */
    public long bytesRead() {
        return bytesRead;
    }

    private void watch(int index, int length) {
        if (index < readerIndex() || index + length > writerIndex()) {
            throw new AssertionError(length + " bytes read at " + (index - readerIndex()) + " of " + readableBytes());
        }
        bytesRead += length;
    }

    /** The array would let readers go round the watch. */
    @Override
    public boolean hasArray() {
        return false;
    }

    @Override
    public byte getByte(int index) {
        return _getByte(index);
    }

    @Override
    protected byte _getByte(int index) {
        watch(index, 1);
        return super._getByte(index);
    }

    @Override
    public short getShort(int index) {
        return _getShort(index);
    }

    @Override
    protected short _getShort(int index) {
        watch(index, 2);
        return super._getShort(index);
    }

    @Override
    public int getInt(int index) {
        return _getInt(index);
    }

    @Override
    protected int _getInt(int index) {
        watch(index, 4);
        return super._getInt(index);
    }

    @Override
    public UnpooledHeapByteBuf getBytes(int index, byte[] into, int at, int length) {
        watch(index, length);
        super.getBytes(index, into, at, length);
        return this;
    }
}
