package io.hawser.node.probe;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Reads an HTTP/1 answer just as far as its final status line (RFC 9112, section 4).
 *
 * <p>Interim answers (RFC 9110, section 15.2) are skipped; 101 is final, since no probe asks for another protocol. It
 * keeps no more than the first bytes of a line, however long the line; how many bytes there may be is the caller's to
 * bound.
 */
final class StatusLineReader {
    private static final byte[] VERSION = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);
    /** "HTTP/1.1 200": what comes next must be a space or the line's end. */
    private static final int CODE_END = VERSION.length + 5;

    private static final int SWITCHING_PROTOCOLS = 101;

    private final byte[] start = new byte[CODE_END];
    private int position;
    private Part part = Part.START;

    /** What is known after some more bytes. */
    sealed interface Reading {}

    /** The status line is not complete. */
    record NeedMore() implements Reading {}

    /** The final status: 101, or 200 to 999. */
    record Status(int code) implements Reading {}

    /**
     * This is not HTTP/1.
     *
     * @param beginning its first bytes, in printable ASCII
     */
    record NotHttp(String beginning) implements Reading {}

    /** Reads on; consumes what it has read. After anything but {@link NeedMore} it must not be called again. */
    Reading read(ByteBuf in) {
        while (in.isReadable()) {
            byte next = in.readByte();
            switch (part) {
                case START -> {
                    if (!fits(next)) {
                        return new NotHttp(beginning(next, in));
                    }
                    if (position < CODE_END) {
                        start[position++] = next;
                    } else {
                        part = Part.REASON;
                    }
                }
                case REASON, HEADER -> {}
                case HEADER_START -> {
                    if (next != '\r' && next != '\n') {
                        part = Part.HEADER;
                    }
                }
            }
            if (next == '\n' && part != Part.START) {
                if (part == Part.REASON && isFinal(code())) {
                    return new Status(code());
                }
                endOfLine();
            }
        }
        return new NeedMore();
    }

    private boolean fits(byte next) {
        if (position < VERSION.length) {
            return next == VERSION[position];
        }
        return switch (position - VERSION.length) {
            case 0 -> next == '0' || next == '1';
            case 1 -> next == ' ';
            case 2 -> next >= '1' && next <= '9';
            case 3, 4 -> next >= '0' && next <= '9';
            default -> next == ' ' || next == '\r' || next == '\n';
        };
    }

    private void endOfLine() {
        if (part == Part.HEADER_START) {
            part = Part.START;
            position = 0;
        } else {
            part = Part.HEADER_START;
        }
    }

    private int code() {
        return (start[CODE_END - 3] - '0') * 100 + (start[CODE_END - 2] - '0') * 10 + (start[CODE_END - 1] - '0');
    }

    private static boolean isFinal(int code) {
        return code >= 200 || code == SWITCHING_PROTOCOLS;
    }

    private String beginning(byte unfitting, ByteBuf rest) {
        byte[] bytes = new byte[position + 1 + Math.min(rest.readableBytes(), CODE_END)];
        System.arraycopy(start, 0, bytes, 0, position);
        bytes[position] = unfitting;
        rest.getBytes(rest.readerIndex(), bytes, position + 1, bytes.length - position - 1);
        return Printable.of(bytes);
    }

    private enum Part {
        START,
        REASON,
        HEADER_START,
        HEADER
    }
}
