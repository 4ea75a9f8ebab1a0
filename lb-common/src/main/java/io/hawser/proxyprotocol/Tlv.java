package io.hawser.proxyprotocol;

/** The types of the version 2 additions that this package knows (PROXY protocol 2.2). */
final class Tlv {

    static final int ALPN = 0x01;
    static final int AUTHORITY = 0x02;
    static final int CRC32C = 0x03;
    static final int UNIQUE_ID = 0x05;

    /** A type and a length of two bytes. */
    static final int HEADER = 3;

    static final int CRC32C_LENGTH = 4;

    private Tlv() {}
}
