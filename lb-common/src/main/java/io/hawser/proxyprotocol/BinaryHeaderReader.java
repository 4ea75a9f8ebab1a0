package io.hawser.proxyprotocol;

import io.hawser.net.IpAddress;
import io.netty.buffer.ByteBuf;

/** Reads a version 2 header (PROXY protocol 2.2). */
final class BinaryHeaderReader {

    /** The signature, version and command, family and transport, and the length of what follows. */
    static final int FIXED = 16;

    private static final int VERSION = 2;
    private static final int LOCAL = 0;
    private static final int PROXY = 1;
    private static final int UNSPEC = 0x00;
    private static final int TCP_OVER_INET = 0x11;
    private static final int UDP_OVER_INET = 0x12;
    private static final int TCP_OVER_INET6 = 0x21;
    private static final int UDP_OVER_INET6 = 0x22;
    private static final int UNIX_STREAM = 0x31;
    private static final int UNIX_DATAGRAM = 0x32;
    private static final int UNIX_ADDRESS = 108;

    private BinaryHeaderReader() {}

    /**
     * Reads from the reader index, where the signature is.
     *
     * @param maxBytes the longest header accepted
     */
    static ProxyResult read(ByteBuf received, int maxBytes) throws MalformedHeaderException {
        int start = received.readerIndex();
        int available = received.readableBytes();
        int signature = Signature.V2.length();
        if (available <= signature) {
            return ProxyResult.NEED_MORE;
        }
        int command = received.getUnsignedByte(start + signature);
        if (command >> 4 != VERSION) {
            throw new MalformedHeaderException("binary header is not of version 2");
        }
        command &= 0x0f;
        if (command != LOCAL && command != PROXY) {
            throw new MalformedHeaderException("version 2 header has an unknown command");
        }
        if (available < FIXED) {
            return ProxyResult.NEED_MORE;
        }
        int length = FIXED + received.getUnsignedShort(start + FIXED - 2);
        if (length > maxBytes) {
            throw new MalformedHeaderException("version 2 header is longer than " + maxBytes + " bytes");
        }
        if (available < length) {
            return ProxyResult.NEED_MORE;
        }
        // What a LOCAL header holds is to be discarded, whatever it is.
        ProxyHeader header = command == LOCAL ? ProxyHeader.LOCAL : proxied(received.slice(start, length));
        return new ProxyResult.Complete(header, length);
    }

    private static ProxyHeader proxied(ByteBuf header) throws MalformedHeaderException {
        return switch (header.getUnsignedByte(FIXED - 3)) {
            // As with LOCAL, there is nothing in it that could be relied on.
            case UNSPEC -> ProxyHeader.LOCAL;
            case TCP_OVER_INET, UDP_OVER_INET -> inet(header, 4);
            case TCP_OVER_INET6, UDP_OVER_INET6 -> inet(header, 16);
            case UNIX_STREAM, UNIX_DATAGRAM ->
                additions(header, 2 * UNIX_ADDRESS).header(null, null);
            default -> throw new MalformedHeaderException("version 2 header has an unknown family or transport");
        };
    }

    private static ProxyHeader inet(ByteBuf header, int addressLength) throws MalformedHeaderException {
        TlvReader additions = additions(header, 2 * addressLength + 4);
        int ports = FIXED + 2 * addressLength;
        return additions.header(
                new TransportAddress(address(header, FIXED, addressLength), header.getUnsignedShort(ports)),
                new TransportAddress(
                        address(header, FIXED + addressLength, addressLength), header.getUnsignedShort(ports + 2)));
    }

    private static IpAddress address(ByteBuf header, int index, int length) {
        byte[] bytes = new byte[length];
        header.getBytes(index, bytes);
        return IpAddress.ofBytes(bytes);
    }

    private static TlvReader additions(ByteBuf header, int addresses) throws MalformedHeaderException {
        if (FIXED + addresses > header.writerIndex()) {
            throw new MalformedHeaderException("version 2 header is shorter than its addresses");
        }
        TlvReader reader = new TlvReader(header);
        reader.readFrom(FIXED + addresses);
        return reader;
    }
}
