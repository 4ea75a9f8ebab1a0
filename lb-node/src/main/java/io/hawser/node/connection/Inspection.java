package io.hawser.node.connection;

import io.hawser.proxyprotocol.ProxyHeaderReader;
import io.hawser.proxyprotocol.ProxyResult;
import io.hawser.tls.Alert;
import io.hawser.tls.ClientHelloReader;
import io.hawser.tls.HelloResult;
import io.netty.buffer.ByteBuf;
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
    void expectHello(@Nullable ByteBuf alreadyReceived) {
        helloReader = new ClientHelloReader();
        connection.setDeadlineIn(connection.settings().inspectTimeoutNanos());
        if (alreadyReceived != null) {
            onClientBytes(alreadyReceived);
        }
    }

    @Override
    void onClientBytes(ByteBuf bytes) {
        ByteBuf all = append(received, bytes);
        received = all;
        if (proxyHeaderReader != null) {
            readProxyHeader(proxyHeaderReader, all);
        } else if (helloReader != null) {
            readHello(helloReader, all);
        }
    }

    /** The one buffer that holds both; whoever calls no longer owns either. */
    static ByteBuf append(@Nullable ByteBuf received, ByteBuf bytes) {
        if (received == null) {
            return bytes;
        }
        try {
            return received.writeBytes(bytes);
        } finally {
            bytes.release();
        }
    }

    private void readProxyHeader(ProxyHeaderReader reader, ByteBuf bytes) {
        ProxyResult result = reader.read(bytes);
        if (result instanceof ProxyResult.Malformed malformed) {
            connection.refuse(Ending.PROXY_HEADER_MALFORMED, malformed.what(), null);
        } else if (result instanceof ProxyResult.Complete complete) {
            received = null;
            bytes.skipBytes(complete.length());
            if (bytes.isReadable()) {
                connection.onProxyHeader(complete.header(), bytes);
            } else {
                bytes.release();
                connection.onProxyHeader(complete.header(), null);
            }
        }
    }

    private void readHello(ClientHelloReader reader, ByteBuf bytes) {
        HelloResult result = reader.read(bytes);
        if (result instanceof HelloResult.Complete complete) {
            received = null;
            connection.cancelDeadline();
            connection.onHello(complete.hello(), bytes);
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
