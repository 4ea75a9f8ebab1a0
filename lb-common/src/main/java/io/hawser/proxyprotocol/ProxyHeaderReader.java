package io.hawser.proxyprotocol;

import io.netty.buffer.ByteBuf;

/**
 * Reads the PROXY protocol header, version 1 or 2, that a trusted proxy sends before all else on a connection.
 *
 * <p>Make of each connection one reader, and ask it again whenever more bytes have come. The reader consumes nothing
 * and keeps nothing of the buffer; all calls together cost time in proportion to the bytes received. Confined to the
 * connection's thread.
 */
public final class ProxyHeaderReader {

    /** The bound of a version 2 header, TLVs and all; known proxies stay below a quarter of it. */
    public static final int DEFAULT_MAX_BYTES = 4096;

    private final int maxBytes;
    private final TextHeaderReader text = new TextHeaderReader();

    private ProxyResult result = ProxyResult.NEED_MORE;

    public ProxyHeaderReader() {
        this(DEFAULT_MAX_BYTES);
    }

    /**
     * A reader with a bound of its own.
     *
     * @param maxBytes the longest version 2 header accepted; a version 1 header has at most 107 bytes
     */
    public ProxyHeaderReader(int maxBytes) {
        if (maxBytes < BinaryHeaderReader.FIXED) {
            throw new IllegalArgumentException("no header has at most " + maxBytes + " bytes");
        }
        this.maxBytes = maxBytes;
    }

    /** Whether what was received begins with a PROXY header, which only a trusted source may send. */
    public static boolean looksLikeHeader(ByteBuf received) {
        return Signature.V1.begins(received) || Signature.V2.begins(received);
    }

    /**
     * Whether too little was received to tell if {@link #looksLikeHeader}. True of an empty buffer. A caller that
     * refuses headers must wait for more, or a header cut into small segments slips through.
     */
    public static boolean mayBecomeHeader(ByteBuf received) {
        return Signature.V1.mayFollow(received) || Signature.V2.mayFollow(received);
    }

    /**
     * Says what the connection's first bytes are.
     *
     * @param received everything received so far, from its reader index on: the same bytes as in the last call, and
     *     more; may be another buffer each time. Its indices are left alone
     * @return the answer; once it is not {@link ProxyResult.NeedMore} it stays
     */
    public ProxyResult read(ByteBuf received) {
        if (result instanceof ProxyResult.NeedMore) {
            try {
                result = readFrom(received);
            } catch (MalformedHeaderException e) {
                result = new ProxyResult.Malformed(String.valueOf(e.getMessage()));
            }
        }
        return result;
    }

    private ProxyResult readFrom(ByteBuf received) throws MalformedHeaderException {
        if (Signature.V2.begins(received)) {
            return BinaryHeaderReader.read(received, maxBytes);
        }
        if (Signature.V1.begins(received)) {
            return text.read(received);
        }
        if (mayBecomeHeader(received)) {
            return ProxyResult.NEED_MORE;
        }
        throw new MalformedHeaderException("no PROXY header");
    }
}
