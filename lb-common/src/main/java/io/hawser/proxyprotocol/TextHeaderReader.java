package io.hawser.proxyprotocol;

import io.hawser.net.IpAddress;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads the line of text that is a version 1 header (PROXY protocol 2.1). */
final class TextHeaderReader {

    /** The line with its CR LF. */
    static final int MAX_LENGTH = 107;

    private static final int FIELDS = 6;

    /** Bytes known to hold no line feed. */
    private int scanned;

    ProxyResult read(ByteBuf received) throws MalformedHeaderException {
        int start = received.readerIndex();
        int limit = Math.min(received.readableBytes(), MAX_LENGTH);
        while (scanned < limit && received.getByte(start + scanned) != '\n') {
            scanned++;
        }
        if (scanned == MAX_LENGTH) {
            throw new MalformedHeaderException("version 1 header is longer than 107 bytes");
        }
        if (scanned == limit) {
            return ProxyResult.NEED_MORE;
        }
        // The signature was seen, so there is a byte before the line feed.
        if (received.getByte(start + scanned - 1) != '\r') {
            throw new MalformedHeaderException("version 1 header does not end in CR LF");
        }
        String line = received.toString(start, scanned - 1, StandardCharsets.ISO_8859_1);
        return new ProxyResult.Complete(parse(line), scanned + 1);
    }

    private static ProxyHeader parse(String line) throws MalformedHeaderException {
        String[] fields = line.split(" ", -1);
        if (fields[1].equals("UNKNOWN")) {
            // All up to the line's end is to be ignored.
            return ProxyHeader.LOCAL;
        }
        boolean v4 = fields[1].equals("TCP4");
        if (!v4 && !fields[1].equals("TCP6")) {
            throw new MalformedHeaderException("version 1 header names a protocol other than TCP4, TCP6 and UNKNOWN");
        }
        if (fields.length != FIELDS) {
            throw new MalformedHeaderException("version 1 header does not have six fields");
        }
        return new ProxyHeader(
                new TransportAddress(address(fields[2], v4), port(fields[4])),
                new TransportAddress(address(fields[3], v4), port(fields[5])));
    }

    private static IpAddress address(String text, boolean v4) throws MalformedHeaderException {
        int colon = text.lastIndexOf(':');
        // Not the protocol's form of IPv6, but HAProxy writes a mapped address as ::ffff:192.0.2.1.
        boolean quad = text.indexOf('.', colon + 1) >= 0;
        boolean acceptable = v4 == colon < 0 && !(quad && hasLeadingZero(text, colon + 1));
        @Nullable IpAddress address = acceptable ? IpAddress.tryParse(text) : null;
        if (address == null) {
            throw new MalformedHeaderException("version 1 header has an address that is not one of its family");
        }
        return address;
    }

    /** Leading zeros are forbidden: some would read them as octal. */
    private static boolean hasLeadingZero(String text, int quad) {
        for (int i = quad; i + 1 < text.length(); i++) {
            boolean first = i == quad || text.charAt(i - 1) == '.';
            if (first && text.charAt(i) == '0' && text.charAt(i + 1) != '.') {
                return true;
            }
        }
        return false;
    }

    private static int port(String text) throws MalformedHeaderException {
        boolean digits = text.chars().allMatch(c -> c >= '0' && c <= '9');
        boolean leadingZero = text.length() > 1 && text.charAt(0) == '0';
        if (digits && !leadingZero && !text.isEmpty() && text.length() <= 5) {
            int port = Integer.parseInt(text);
            if (port <= 65535) {
                return port;
            }
        }
        throw new MalformedHeaderException("version 1 header has a port that is not 0 to 65535");
    }
}
