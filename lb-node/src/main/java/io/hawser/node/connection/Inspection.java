package io.hawser.node.connection;

import io.hawser.proxyprotocol.ProxyHeaderReader;
import io.hawser.proxyprotocol.ProxyResult;
import io.hawser.tls.Alert;
import io.hawser.tls.ClientHelloReader;
import io.hawser.tls.HelloResult;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Reads the client's first bytes, for a while and no more: the PROXY header, where one is due, and the ClientHello. The
 * backend gets the hello as it came.
 */
final class Inspection extends Phase {

    private final Connection connection;
    private @Nullable ProxyHeaderReader proxyHeaderReader;
    private @Nullable ClientHelloReader helloReader;
    private @Nullable ByteBuf received;

    Inspection(Connection connection) {
        this.connection = connection;
    }

    @Override
    String label() {
        return proxyHeaderReader == null ? "hello" : "proxy-header";
    }

    void expectProxyHeader() {
        proxyHeaderReader = new ProxyHeaderReader();
        connection.setDeadlineIn(connection.settings().inspectTimeoutNanos());
    }

    /**
     * The hello is next.
     *
     * @param alreadyReceived what has come of it behind a PROXY header
     */
    void expectHello(ByteBuf alreadyReceived) {
        helloReader = new ClientHelloReader();
        connection.setDeadlineIn(connection.settings().inspectTimeoutNanos());
        if (alreadyReceived.isReadable()) {
            onClientBytes(alreadyReceived);
        }
    }

    @Override
    void onClientBytes(ByteBuf bytes) {
        // Mostly all of it comes at once, and nothing has to be kept.
        ByteBuf all = received == null ? bytes : append(received, bytes);
        if (proxyHeaderReader != null) {
            readProxyHeader(proxyHeaderReader, all);
        } else if (helloReader != null) {
            readHello(helloReader, all);
        }
    }

    private void keep(ByteBuf all) {
        if (received == null) {
            received = append(null, all);
        }
    }

    /** A buffer of our own that holds what was received before and, behind it, a copy of these bytes. */
    static ByteBuf append(@Nullable ByteBuf received, ByteBuf bytes) {
        ByteBuf all = received == null ? ByteBufAllocator.DEFAULT.directBuffer(bytes.readableBytes()) : received;
        return all.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
    }

    private void readProxyHeader(ProxyHeaderReader reader, ByteBuf bytes) {
        ProxyResult result = reader.read(bytes);
        if (result instanceof ProxyResult.Malformed malformed) {
            connection.refuse(Ending.PROXY_HEADER_MALFORMED, malformed.what(), null);
        } else if (result instanceof ProxyResult.Complete complete) {
            ByteBuf kept = received;
            received = null;
            try {
                bytes.skipBytes(complete.length());
                connection.onProxyHeader(complete.header(), bytes);
            } finally {
                ReferenceCountUtil.release(kept);
            }
        } else {
            keep(bytes);
        }
    }

    private void readHello(ClientHelloReader reader, ByteBuf bytes) {
        HelloResult result = reader.read(bytes);
        if (result instanceof HelloResult.Complete complete) {
            ByteBuf kept = received;
            received = null;
            connection.cancelDeadline();
            try {
                connection.onHello(complete.hello(), bytes);
            } finally {
                ReferenceCountUtil.release(kept);
            }
        } else if (result instanceof HelloResult.Malformed malformed) {
            connection.refuse(Ending.HELLO_MALFORMED, malformed.what(), malformed.alert());
        } else if (result instanceof HelloResult.TooLarge) {
            connection.refuse(
                    Ending.HELLO_TOO_LARGE,
                    "more than " + ClientHelloReader.DEFAULT_MAX_BYTES + " bytes",
                    Alert.DECODE_ERROR);
        } else if (result instanceof HelloResult.NotTls) {
            if (ProxyHeaderReader.looksLikeHeader(bytes)) {
                connection.refuse(Ending.PROXY_HEADER_NOT_ALLOWED, ForgedHeaderGuard.WHY, null);
            } else {
                connection.refuse(Ending.NOT_TLS, "the first bytes are no TLS handshake", null);
            }
        } else {
            keep(bytes);
        }
    }

    @Override
    void onClientEnd() {
        connection.finish(Ending.HELLO_INCOMPLETE, false);
    }

    @Override
    void onClientReset() {
        connection.finish(Ending.HELLO_INCOMPLETE, true);
    }

    @Override
    void onDeadline(long nowNanos) {
        if (proxyHeaderReader != null) {
            connection.refuse(Ending.PROXY_HEADER_TIMEOUT, "no PROXY header in time", null);
        } else {
            connection.refuse(Ending.HELLO_TIMEOUT, "the ClientHello was not whole in time", null);
        }
    }

    @Override
    void release(boolean reset) {
        if (received != null) {
            received.release();
            received = null;
        }
    }
}
