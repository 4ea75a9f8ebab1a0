package io.hawser.proxyprotocol;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Reads the additions (TLVs) behind the addresses of one version 2 header, and checks its checksum if it has one. */
final class TlvReader {

    private final ByteBuf header;

    private @Nullable String authority;
    private @Nullable String alpn;
    private @Nullable String uniqueId;
    /** A bit for each type met. */
    private int seen;

    /** Takes the whole header, from index 0 to the writer index. */
    TlvReader(ByteBuf header) {
        this.header = header;
    }

    ProxyHeader header(@Nullable TransportAddress source, @Nullable TransportAddress destination) {
        return new ProxyHeader(source, destination, authority, alpn, uniqueId);
    }

    void readFrom(int first) throws MalformedHeaderException {
        int end = header.writerIndex();
        int index = first;
        while (index < end) {
            if (end - index < Tlv.HEADER) {
                throw new MalformedHeaderException("version 2 header ends within a TLV");
            }
            int type = header.getUnsignedByte(index);
            int length = header.getUnsignedShort(index + 1);
            index += Tlv.HEADER;
            if (length > end - index) {
                throw new MalformedHeaderException("version 2 header ends within a TLV");
            }
            value(type, index, length);
            index += length;
        }
    }

    private void value(int type, int index, int length) throws MalformedHeaderException {
        switch (type) {
            case Tlv.AUTHORITY -> {
                requireFirst(type, "AUTHORITY");
                authority = utf8(bytes(index, length));
            }
            case Tlv.ALPN -> {
                requireFirst(type, "ALPN");
                alpn = latin1(index, length);
            }
            case Tlv.UNIQUE_ID -> {
                requireFirst(type, "UNIQUE_ID");
                if (length > ProxyHeader.MAX_UNIQUE_ID) {
                    throw new MalformedHeaderException("UNIQUE_ID is longer than 128 bytes");
                }
                // An empty one is allowed, and says nothing.
                uniqueId = length == 0 ? null : latin1(index, length);
            }
            case Tlv.CRC32C -> {
                requireFirst(type, "CRC32C");
                check(index, length);
            }
            default -> {
                // Others, NOOP and later ones among them, are for whom they concern.
            }
        }
    }

    /** Two answers to one question: whoever picks the other one would be misled. */
    private void requireFirst(int type, String name) throws MalformedHeaderException {
        int bit = 1 << type;
        if ((seen & bit) != 0) {
            throw new MalformedHeaderException("version 2 header has " + name + " twice");
        }
        seen |= bit;
    }

    private void check(int index, int length) throws MalformedHeaderException {
        if (length != Tlv.CRC32C_LENGTH) {
            throw new MalformedHeaderException("CRC32C does not have 4 bytes");
        }
        byte[] whole = bytes(0, header.writerIndex());
        for (int i = index; i < index + length; i++) {
            whole[i] = 0;
        }
        CRC32C sum = new CRC32C();
        sum.update(whole);
        if (sum.getValue() != header.getUnsignedInt(index)) {
            throw new MalformedHeaderException("CRC32C does not match: the header was damaged on its way");
        }
    }

    private byte[] bytes(int index, int length) {
        byte[] copy = new byte[length];
        header.getBytes(index, copy);
        return copy;
    }

    private String latin1(int index, int length) {
        return header.toString(index, length, StandardCharsets.ISO_8859_1);
    }

    private static String utf8(byte[] bytes) throws MalformedHeaderException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedHeaderException("AUTHORITY is not UTF-8");
        }
    }
}
