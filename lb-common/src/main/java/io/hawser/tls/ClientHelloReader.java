package io.hawser.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Finds and reads the ClientHello at the start of one connection, however TCP cut it into segments and TLS into records
 * (RFC 8446 section 5.1).
 *
 * <p>Makes of each connection one reader, and asks it again whenever more bytes have come. The reader consumes nothing
 * and keeps nothing of the buffer, only how far it has walked: all calls together cost time in proportion to the bytes
 * received, even if they come one at a time. Confined to the connection's thread.
 *
 * <p>A record's minor version is ignored, as RFC 8446 demands; the message must end where its last record ends.
 */
public final class ClientHelloReader {

    /** The bound that suits all known clients: 64 KiB. */
    public static final int DEFAULT_MAX_BYTES = 64 * 1024;

    private static final int RECORD_HEADER = 5;
    private static final int MAX_RECORD = 1 << 14;
    private static final int MESSAGE_HEADER = 4;
    private static final int CONTENT_TYPE_HANDSHAKE = 22;
    private static final int MAJOR_VERSION = 3;
    private static final int CLIENT_HELLO = 1;
    /** A hello of the greatest length may come in so many records, a shorter one in more. */
    private static final int RECORDS = 64;

    private final int maxBytes;

    private HelloResult result = HelloResult.NEED_MORE;
    /** Bytes of whole records behind us, headers included: where the next record's header is. */
    private int walked;

    private int records;
    /** Bytes of the message in the records behind us. */
    private int collected;

    private int headerBytesSeen;
    private int messageLength;

    /** A reader of hellos of up to {@link #DEFAULT_MAX_BYTES}. */
    public ClientHelloReader() {
        this(DEFAULT_MAX_BYTES);
    }

    /**
     * A reader with a bound of its own.
     *
     * @param maxBytes the longest handshake message accepted, its four-byte header included: 4 bytes to 1 MiB; see
     *     {@link #maxWireBytes()} for what that means in bytes received
     */
    public ClientHelloReader(int maxBytes) {
        if (maxBytes < MESSAGE_HEADER || maxBytes > RECORDS * MAX_RECORD) {
            throw new IllegalArgumentException("a bound of " + maxBytes + " bytes is not between " + MESSAGE_HEADER
                    + " and what " + RECORDS + " records hold, " + RECORDS * MAX_RECORD);
        }
        this.maxBytes = maxBytes;
    }

    /**
     * The most bytes that a caller needs to hold before the answer is no longer {@link HelloResult.NeedMore}: the
     * longest message and the headers of 64 records. A hello in one-byte records, six bytes on the wire for each of
     * its own, is therefore accepted up to a sixth of it.
     */
    public int maxWireBytes() {
        return maxBytes + RECORDS * RECORD_HEADER;
    }

    /**
     * Says what the connection's first bytes are.
     *
     * @param received everything received so far, from its reader index on: the same bytes as in the last call, and
     *     more; may be another buffer each time. Its indices are left alone
     * @return the answer; once it is not {@link HelloResult.NeedMore} it stays
     */
    public HelloResult read(ByteBuf received) {
        if (result instanceof HelloResult.NeedMore) {
            try {
                result = walk(received, received.readerIndex(), received.readableBytes());
            } catch (MalformedException e) {
                result = e.result();
            }
        }
        return result;
    }

    private HelloResult walk(ByteBuf received, int start, int available) throws MalformedException {
        while (walked < available) {
            int record = start + walked;
            int present = available - walked - RECORD_HEADER;
            if (received.getByte(record) != CONTENT_TYPE_HANDSHAKE) {
                if (records == 0) {
                    return HelloResult.NOT_TLS;
                }
                throw new MalformedException("ClientHello is cut by another record", Alert.UNEXPECTED_MESSAGE);
            }
            if (present > -RECORD_HEADER + 1 && received.getByte(record + 1) != MAJOR_VERSION) {
                if (records == 0) {
                    return HelloResult.NOT_TLS;
                }
                throw new MalformedException("record version is not of TLS", Alert.DECODE_ERROR);
            }
            if (present < 0) {
                return HelloResult.NEED_MORE;
            }
            int length = received.getUnsignedShort(record + 3);
            if (length == 0) {
                throw new MalformedException("handshake record is empty", Alert.UNEXPECTED_MESSAGE);
            }
            if (length > MAX_RECORD) {
                throw new MalformedException("record is longer than 2^14 bytes", Alert.RECORD_OVERFLOW);
            }
            if (walked + RECORD_HEADER + length > maxWireBytes()) {
                return HelloResult.TOO_LARGE;
            }
            readMessageHeader(received, record + RECORD_HEADER, Math.min(length, present));
            if (headerBytesSeen == MESSAGE_HEADER) {
                if (messageLength > maxBytes) {
                    return HelloResult.TOO_LARGE;
                }
                if (collected + length > messageLength) {
                    throw new MalformedException(
                            "ClientHello is followed by bytes in its own record", Alert.UNEXPECTED_MESSAGE);
                }
            }
            if (present < length) {
                return HelloResult.NEED_MORE;
            }
            walked += RECORD_HEADER + length;
            collected += length;
            records++;
            if (headerBytesSeen == MESSAGE_HEADER && collected == messageLength) {
                return new HelloResult.Complete(parse(received, start));
            }
            if (walked + RECORD_HEADER >= maxWireBytes()) {
                // Not one more byte of the message fits: a caller that holds all it may must not be asked for more.
                return HelloResult.TOO_LARGE;
            }
        }
        return HelloResult.NEED_MORE;
    }

    /** Takes in what has come of the message's type and length, which may be spread over four records. */
    private void readMessageHeader(ByteBuf received, int fragment, int present) throws MalformedException {
        while (headerBytesSeen < MESSAGE_HEADER && headerBytesSeen - collected < present) {
            int value = received.getUnsignedByte(fragment + headerBytesSeen - collected);
            if (headerBytesSeen == 0) {
                if (value != CLIENT_HELLO) {
                    throw new MalformedException("first message is not a ClientHello", Alert.UNEXPECTED_MESSAGE);
                }
            } else {
                messageLength = messageLength << 8 | value;
            }
            headerBytesSeen++;
            if (headerBytesSeen == MESSAGE_HEADER) {
                messageLength += MESSAGE_HEADER;
            }
        }
    }

    private ClientHello parse(ByteBuf received, int start) throws MalformedException {
        ClientHelloParser parser = records == 1
                ? new ClientHelloParser(received, start + RECORD_HEADER, messageLength)
                : new ClientHelloParser(Unpooled.wrappedBuffer(assemble(received, start)), 0, messageLength);
        parser.parse();
        return new ClientHello(parser, walked, records);
    }

    private byte[] assemble(ByteBuf received, int start) {
        byte[] message = new byte[messageLength];
        int filled = 0;
        for (int record = start; filled < message.length; ) {
            int length = received.getUnsignedShort(record + 3);
            received.getBytes(record + RECORD_HEADER, message, filled, length);
            filled += length;
            record += RECORD_HEADER + length;
        }
        return message;
    }
}
