package io.hawser.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Watches what a server sends at the start of one connection, until it is known which session it is: in TLS 1.3 the
 * ServerHello tells, before that the handshake up to the server's ChangeCipherSpec.
 *
 * <p>Is shown every byte once, in order, however it was cut; consumes none, and keeps only the two kinds of message
 * that it reads, up to a bound. Once it is {@linkplain #isDone() done} it needs no more: drop it, so that the rest of the
 * connection costs nothing. What a server sends against the rules ends the watching, never the connection. Confined to
 * the connection's thread.
 */
public final class ServerFlightReader {

    /** Certificates may be long, but a flight beyond this is not worth watching. */
    private static final int MAX_BYTES = 256 * 1024;

    /** A ServerHello has a few hundred bytes, with a post-quantum key share 1.3 KB; a ticket that holds certificates, several. */
    private static final int MAX_KEPT_MESSAGE = 16 * 1024;

    private static final int RECORD_HEADER = 5;
    private static final int MESSAGE_HEADER = 4;
    private static final int MAX_RECORD = (1 << 14) + 2048;
    private static final int MAJOR_VERSION = 3;
    private static final int CHANGE_CIPHER_SPEC = 20;
    private static final int HANDSHAKE = 22;
    private static final int SERVER_HELLO = 2;
    private static final int NEW_SESSION_TICKET = 4;
    private static final int TLS_1_3 = 0x0304;
    private static final int NO_PSK = -1;
    private static final int MAX_SESSION_ID = 32;
    private static final byte[] NO_BYTES = {};

    /** The random of a HelloRetryRequest, which is a ServerHello by type (RFC 8446 section 4.1.3). */
    private static final byte[] RETRY_RANDOM = {
        (byte) 0xcf,
        0x21,
        (byte) 0xad,
        0x74,
        (byte) 0xe5,
        (byte) 0x9a,
        0x61,
        0x11,
        (byte) 0xbe,
        0x1d,
        (byte) 0x8c,
        0x02,
        0x1e,
        0x65,
        (byte) 0xb8,
        (byte) 0x91,
        (byte) 0xc2,
        (byte) 0xa2,
        0x11,
        0x16,
        0x7a,
        (byte) 0xbb,
        (byte) 0x8c,
        0x5e,
        0x07,
        (byte) 0x9e,
        0x09,
        (byte) 0xe2,
        (byte) 0xc8,
        (byte) 0xa8,
        0x33,
        (byte) 0x9c
    };

    private int seen;
    /** Both headers are gathered here, a byte at a time if need be: the message's behind the record's. */
    private final byte[] header = new byte[RECORD_HEADER + MESSAGE_HEADER];

    private int recordHeaderBytes;
    private int recordType;
    private int recordLeft;
    private int messageHeaderBytes;
    private int messageType;
    private int messageLeft;
    private byte @Nullable [] message;
    private int messageBytes;

    private boolean retried;
    private boolean helloSeen;
    private int version;
    private byte[] sessionId = NO_BYTES;
    /** Whether the server sent anything but a ticket between its hello and its ChangeCipherSpec: then it is a full handshake. */
    private boolean fullHandshake;

    private byte @Nullable [] ticket;
    private boolean done;
    private @Nullable ServerFlight flight;

    /**
     * Looks at the next bytes of the server.
     *
     * @param bytes all that is readable; its indices are left alone
     * @return whether the reader is done
     */
    public boolean read(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        seen += Math.min(end - at, MAX_BYTES);
        try {
            while (!done && at < end) {
                at = recordHeaderBytes < RECORD_HEADER ? readRecordHeader(bytes, at) : readRecord(bytes, at, end);
            }
        } catch (MalformedException e) {
            done = true;
        }
        if (seen >= MAX_BYTES) {
            done = true;
        }
        if (done) {
            message = null;
        }
        return done;
    }

    /** Whether nothing more is to be learned. */
    public boolean isDone() {
        return done;
    }

    /** What was learned; null while the reader isn't done, and after a handshake that failed or could not be read. */
    public @Nullable ServerFlight flight() {
        return flight;
    }

    private int readRecordHeader(ByteBuf bytes, int at) throws MalformedException {
        header[recordHeaderBytes++] = bytes.getByte(at);
        if (recordHeaderBytes == RECORD_HEADER) {
            recordType = header[0] & 0xff;
            recordLeft = (header[3] & 0xff) << 8 | (header[4] & 0xff);
            if (header[1] != MAJOR_VERSION || recordLeft == 0 || recordLeft > MAX_RECORD) {
                throw new MalformedException("record header", Alert.DECODE_ERROR);
            }
            if (recordType == CHANGE_CIPHER_SPEC) {
                changeCipherSpec();
            } else if (recordType != HANDSHAKE) {
                // An alert, or application data before there may be any: no session comes of it.
                done = true;
            }
        }
        return at + 1;
    }

    private void changeCipherSpec() throws MalformedException {
        if (messageHeaderBytes > 0) {
            throw new MalformedException("message is cut by ChangeCipherSpec", Alert.UNEXPECTED_MESSAGE);
        }
        if (helloSeen) {
            flight = ServerFlight.tls12(version, sessionId, !fullHandshake, ticket);
            done = true;
        } else if (!retried) {
            throw new MalformedException("ChangeCipherSpec before ServerHello", Alert.UNEXPECTED_MESSAGE);
        }
    }

    private int readRecord(ByteBuf bytes, int at, int end) throws MalformedException {
        int length = Math.min(recordLeft, end - at);
        if (recordType == HANDSHAKE) {
            readMessages(bytes, at, length);
        }
        recordLeft -= length;
        if (recordLeft == 0) {
            recordHeaderBytes = 0;
        }
        return at + length;
    }

    private void readMessages(ByteBuf bytes, int from, int length) throws MalformedException {
        int at = from;
        int end = from + length;
        while (!done && at < end) {
            if (messageHeaderBytes < MESSAGE_HEADER) {
                header[RECORD_HEADER + messageHeaderBytes++] = bytes.getByte(at++);
                if (messageHeaderBytes == MESSAGE_HEADER) {
                    beginMessage();
                }
            } else {
                int part = Math.min(messageLeft, end - at);
                if (message != null) {
                    bytes.getBytes(at, message, messageBytes, part);
                    messageBytes += part;
                }
                messageLeft -= part;
                at += part;
            }
            if (messageHeaderBytes == MESSAGE_HEADER && messageLeft == 0) {
                endMessage();
            }
        }
    }

    private void beginMessage() throws MalformedException {
        messageType = header[RECORD_HEADER] & 0xff;
        messageLeft = (header[RECORD_HEADER + 1] & 0xff) << 16
                | (header[RECORD_HEADER + 2] & 0xff) << 8
                | (header[RECORD_HEADER + 3] & 0xff);
        messageBytes = 0;
        if (!helloSeen && messageType != SERVER_HELLO) {
            throw new MalformedException("first message is no ServerHello", Alert.UNEXPECTED_MESSAGE);
        }
        if (messageType == SERVER_HELLO && (helloSeen || messageLeft > MAX_KEPT_MESSAGE)) {
            throw new MalformedException("ServerHello is too long or not the only one", Alert.UNEXPECTED_MESSAGE);
        }
        boolean kept = messageType == SERVER_HELLO || messageType == NEW_SESSION_TICKET;
        message = kept && messageLeft <= MAX_KEPT_MESSAGE ? new byte[messageLeft] : null;
    }

    private void endMessage() throws MalformedException {
        messageHeaderBytes = 0;
        byte[] whole = message;
        message = null;
        if (messageType == SERVER_HELLO) {
            if (whole != null) {
                readHello(new Cursor(Unpooled.wrappedBuffer(whole), 0, whole.length));
            }
        } else if (messageType == NEW_SESSION_TICKET) {
            if (whole != null) {
                readTicket(new Cursor(Unpooled.wrappedBuffer(whole), 0, whole.length));
            }
        } else {
            fullHandshake = true;
        }
    }

    private void readHello(Cursor cursor) throws MalformedException {
        int legacyVersion = cursor.u16("legacy_version");
        byte[] random = cursor.take(RETRY_RANDOM.length, "random");
        int sessionIdLength = cursor.u8("legacy_session_id_echo");
        if (sessionIdLength > MAX_SESSION_ID) {
            throw new MalformedException("legacy_session_id_echo is longer than 32 bytes", Alert.DECODE_ERROR);
        }
        byte[] id = cursor.take(sessionIdLength, "legacy_session_id_echo");
        cursor.skip(2, "cipher_suite");
        cursor.skip(1, "legacy_compression_method");
        int selectedVersion = legacyVersion;
        int selectedPsk = NO_PSK;
        if (cursor.hasRemaining()) {
            int outer = cursor.open16("extensions");
            while (cursor.hasRemaining()) {
                int type = cursor.u16("extension type");
                int rest = cursor.open16("extension");
                if (type == ExtensionType.SUPPORTED_VERSIONS) {
                    selectedVersion = cursor.u16("supported_versions");
                } else if (type == ExtensionType.PRE_SHARED_KEY) {
                    selectedPsk = cursor.u16("pre_shared_key");
                } else {
                    cursor.skip(cursor.remaining(), "extension");
                }
                cursor.close(rest, "extension");
            }
            cursor.close(outer, "extensions");
        }
        if (selectedVersion < TLS_1_3) {
            helloSeen = true;
            version = selectedVersion;
            sessionId = id;
        } else if (selectedVersion > TLS_1_3) {
            throw new MalformedException("version is not known", Alert.PROTOCOL_VERSION);
        } else if (!Arrays.equals(random, RETRY_RANDOM)) {
            flight = ServerFlight.tls13(selectedPsk);
            done = true;
        } else if (retried) {
            throw new MalformedException("second HelloRetryRequest", Alert.UNEXPECTED_MESSAGE);
        } else {
            // The client answers with another hello, and only the next ServerHello says which session it is.
            retried = true;
        }
    }

    private void readTicket(Cursor cursor) throws MalformedException {
        cursor.skip(4, "ticket_lifetime_hint");
        int length = cursor.u16("ticket");
        ticket = length == 0 ? null : cursor.take(length, "ticket");
    }
}
