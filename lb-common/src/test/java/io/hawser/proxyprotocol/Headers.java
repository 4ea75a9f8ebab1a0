package io.hawser.proxyprotocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.net.IpAddress;
import io.hawser.testing.WatchedBuffer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Shortcuts of the tests in this package. */
final class Headers {

    static final byte[] SIGNATURE = latin1("\r\n\r\n\0\r\nQUIT\n");

    private Headers() {}

    static ProxyResult read(byte[] received) {
        return new ProxyHeaderReader().read(new WatchedBuffer(received));
    }

    static ProxyHeader header(byte[] received) {
        ProxyResult result = read(received);
        assertThat(result).isInstanceOf(ProxyResult.Complete.class);
        assertThat(((ProxyResult.Complete) result).length()).isEqualTo(received.length);
        return ((ProxyResult.Complete) result).header();
    }

    /** What is wrong with the bytes. */
    static String mistake(byte[] received) {
        ProxyResult result = read(received);
        assertThat(result).isInstanceOf(ProxyResult.Malformed.class);
        return ((ProxyResult.Malformed) result).what();
    }

    static byte[] written(BiConsumer<ProxyHeader, ByteBuf> writer, ProxyHeader header) {
        ByteBuf out = Unpooled.buffer();
        writer.accept(header, out);
        return ByteBufUtil.getBytes(out);
    }

    static TransportAddress end(String address, int port) {
        return new TransportAddress(address(address), port);
    }

    static IpAddress address(String text) {
        @Nullable IpAddress address = IpAddress.tryParse(text);
        if (address == null) {
            throw new IllegalArgumentException(text);
        }
        return address;
    }

    /** A version 2 header of these parts, whose length is right. */
    static byte[] v2(int command, int family, byte[]... parts) {
        byte[] rest = concat(parts);
        return concat(SIGNATURE, bytes(command, family, rest.length >> 8, rest.length), rest);
    }

    static byte[] tlv(int type, byte[] value) {
        return concat(bytes(type, value.length >> 8, value.length), value);
    }

    /** The same with the checksum filled in that stands last. */
    static byte[] checksummed(byte[] header) {
        return checksummed(header, header.length - Tlv.CRC32C_LENGTH);
    }

    /** The same with the checksum filled in whose four bytes stand at a place. */
    static byte[] checksummed(byte[] header, int at) {
        byte[] whole = header.clone();
        ByteBuffer.wrap(whole).putInt(at, 0);
        CRC32C sum = new CRC32C();
        sum.update(whole);
        ByteBuffer.wrap(whole).putInt(at, (int) sum.getValue());
        return whole;
    }

    static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
