package io.hawser.tls;

import io.netty.buffer.ByteBuf;

/**
 * A fatal TLS alert as a peer understands it before any key exists (RFC 8446 section 6), so that a refused client is
 * told why instead of seeing a bare close.
 */
public enum Alert {
    /** A message came where it may not, or an empty handshake record (RFC 8446 sections 5.1 and 5.4). */
    UNEXPECTED_MESSAGE(10),
    /** A record is longer than 2^14 bytes (RFC 8446 section 5.1). */
    RECORD_OVERFLOW(22),
    /** A field is readable, and its value or its combination with others is forbidden. */
    ILLEGAL_PARAMETER(47),
    /** A length or a value lies outside its range: the message can't be read. */
    DECODE_ERROR(50),
    /** The version that the client offers is not spoken. */
    PROTOCOL_VERSION(70),
    /** The refusal has nothing to do with the client. */
    INTERNAL_ERROR(80),
    /** No server by the name that the client asked for (RFC 6066 section 3). */
    UNRECOGNIZED_NAME(112);

    private static final int CONTENT_TYPE_ALERT = 21;
    private static final int LEGACY_RECORD_VERSION = 0x0303;
    private static final int LEVEL_FATAL = 2;

    private final int code;

    Alert(int code) {
        this.code = code;
    }

    /** The AlertDescription, 0 to 255. */
    public int code() {
        return code;
    }

    /** The alert as one cleartext record of 7 bytes; the caller may keep and change the array. */
    public byte[] record() {
        return new byte[] {
            CONTENT_TYPE_ALERT,
            (byte) (LEGACY_RECORD_VERSION >> 8),
            (byte) LEGACY_RECORD_VERSION,
            0,
            2,
            LEVEL_FATAL,
            (byte) code
        };
    }

    /** Appends the 7 bytes of {@link #record()}. */
    public void writeTo(ByteBuf out) {
        out.writeByte(CONTENT_TYPE_ALERT);
        out.writeShort(LEGACY_RECORD_VERSION);
        out.writeShort(2);
        out.writeByte(LEVEL_FATAL);
        out.writeByte(code);
    }
}
