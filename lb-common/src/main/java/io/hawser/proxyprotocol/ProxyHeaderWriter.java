package io.hawser.proxyprotocol;

import io.hawser.net.IpAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Writes the PROXY protocol header that a backend reads before all else. Stateless. */
public final class ProxyHeaderWriter {

    private static final int V2_PROXY = 0x21;
    private static final int V2_LOCAL = 0x20;
    private static final int TCP_OVER_INET = 0x11;
    private static final int TCP_OVER_INET6 = 0x21;
    /** Two addresses and two ports. */
    private static final int V4_PAIR = 12;

    private static final int V6_PAIR = 36;
    private static final int MAX_LENGTH = 0xffff;
    private static final byte[] V4_MAPPED_PREFIX = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

    private ProxyHeaderWriter() {}

    /**
     * Appends a version 1 header: one line of at most 107 bytes. Of a header without addresses it says UNKNOWN; what
     * only version 2 can tell is left out. An IPv4 address beside an IPv6 one is written IPv4-mapped.
     */
    public static void writeV1(ProxyHeader header, ByteBuf out) {
        TransportAddress source = header.source();
        TransportAddress destination = header.destination();
        Signature.V1.writeTo(out);
        if (source == null || destination == null) {
            ByteBufUtil.writeAscii(out, "UNKNOWN\r\n");
            return;
        }
        boolean v4 = bothV4(source, destination);
        ByteBufUtil.writeAscii(
                out,
                (v4 ? "TCP4 " : "TCP6 ") + text(source.address(), v4) + ' ' + text(destination.address(), v4) + ' '
                        + source.port() + ' ' + destination.port() + "\r\n");
    }

    /**
     * Appends a version 2 header for a TCP connection, with a TLV for each thing told and a CRC32C of it all. Of a
     * header without addresses it says LOCAL and nothing more, as receivers discard the rest. An IPv4 address beside an
     * IPv6 one is written IPv4-mapped.
     *
     * @throws IllegalArgumentException when what is told does not fit a header, 65,535 bytes; nothing is then written
     */
    public static void writeV2(ProxyHeader header, ByteBuf out) {
        TransportAddress source = header.source();
        TransportAddress destination = header.destination();
        if (source == null || destination == null) {
            Signature.V2.writeTo(out);
            out.writeByte(V2_LOCAL).writeByte(0).writeShort(0);
            return;
        }
        byte @Nullable [] authority = bytes(header.authority(), StandardCharsets.UTF_8);
        byte @Nullable [] alpn = bytes(header.alpn(), StandardCharsets.ISO_8859_1);
        byte @Nullable [] uniqueId = bytes(header.uniqueId(), StandardCharsets.ISO_8859_1);
        byte[] noChecksumYet = new byte[Tlv.CRC32C_LENGTH];
        boolean v4 = bothV4(source, destination);
        int length = (v4 ? V4_PAIR : V6_PAIR)
                + tlvLength(authority)
                + tlvLength(alpn)
                + tlvLength(uniqueId)
                + tlvLength(noChecksumYet);
        if (length > MAX_LENGTH) {
            throw new IllegalArgumentException("what is to be told does not fit a PROXY header: " + length + " bytes");
        }
        int start = out.writerIndex();
        Signature.V2.writeTo(out);
        out.writeByte(V2_PROXY).writeByte(v4 ? TCP_OVER_INET : TCP_OVER_INET6).writeShort(length);
        writeAddress(source.address(), v4, out);
        writeAddress(destination.address(), v4, out);
        out.writeShort(source.port()).writeShort(destination.port());
        writeTlv(Tlv.AUTHORITY, authority, out);
        writeTlv(Tlv.ALPN, alpn, out);
        writeTlv(Tlv.UNIQUE_ID, uniqueId, out);
        writeTlv(Tlv.CRC32C, noChecksumYet, out);
        out.setInt(out.writerIndex() - Tlv.CRC32C_LENGTH, checksum(out, start));
    }

    private static boolean bothV4(TransportAddress source, TransportAddress destination) {
        return source.address().isV4() && destination.address().isV4();
    }

    /**
     * An IPv4 address among IPv6 ones needs its mapped form written out: Java's own text would be IPv4. The protocol
     * knows IPv6 addresses of hexadecimal digits only, so no dotted quad at the end.
     */
    private static String text(IpAddress address, boolean v4) {
        if (v4 || !address.isV4()) {
            return address.toString();
        }
        return "::ffff:" + Long.toHexString(address.low() >> 16 & 0xffff) + ':'
                + Long.toHexString(address.low() & 0xffff);
    }

    private static void writeAddress(IpAddress address, boolean v4, ByteBuf out) {
        if (!v4 && address.isV4()) {
            out.writeBytes(V4_MAPPED_PREFIX);
        }
        out.writeBytes(address.toBytes());
    }

    private static int tlvLength(byte @Nullable [] value) {
        return value == null ? 0 : Tlv.HEADER + value.length;
    }

    private static void writeTlv(int type, byte @Nullable [] value, ByteBuf out) {
        if (value != null) {
            out.writeByte(type).writeShort(value.length).writeBytes(value);
        }
    }

    private static byte @Nullable [] bytes(@Nullable String text, Charset charset) {
        return text == null ? null : text.getBytes(charset);
    }

    private static int checksum(ByteBuf out, int start) {
        CRC32C sum = new CRC32C();
        for (var part : out.nioBuffers(start, out.writerIndex() - start)) {
            sum.update(part);
        }
        return (int) sum.getValue();
    }
}
