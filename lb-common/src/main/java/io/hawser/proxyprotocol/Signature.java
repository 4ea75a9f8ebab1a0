package io.hawser.proxyprotocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/** The bytes that the two versions of a PROXY header begin with. */
enum Signature {
    V1("PROXY "),
    V2("\r\n\r\n\0\r\nQUIT\n");

    private final String text;

    Signature(String text) {
        this.text = text;
    }

    int length() {
        return text.length();
    }

    void writeTo(ByteBuf out) {
        ByteBufUtil.writeAscii(out, text);
    }

    /** How many of the readable bytes, the first ones, are the signature's. */
    private int matched(ByteBuf received) {
        int start = received.readerIndex();
        int limit = Math.min(text.length(), received.readableBytes());
        int matched = 0;
        while (matched < limit && received.getByte(start + matched) == text.charAt(matched)) {
            matched++;
        }
        return matched;
    }

    boolean begins(ByteBuf received) {
        return matched(received) == text.length();
    }

    /** Whether what was received is only the beginning of the signature, so that more has to be seen. */
    boolean mayFollow(ByteBuf received) {
        return received.readableBytes() < text.length() && matched(received) == received.readableBytes();
    }
}
