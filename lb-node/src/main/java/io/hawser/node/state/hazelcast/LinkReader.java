package io.hawser.node.state.hazelcast;

import com.hazelcast.internal.networking.HandlerStatus;
import com.hazelcast.internal.networking.InboundHandler;
import io.hawser.node.identity.HandshakeFailure;
import java.io.EOFException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** Turns what comes over a connection between members into what was sent, the first of its handlers. */
final class LinkReader extends InboundHandler<ByteBuffer, ByteBuffer> {

    /** The type of the first record of every connection (RFC 8446, section 5.1); an alert may come instead of an answer. */
    private static final byte HANDSHAKE = 22;

    private static final byte ALERT = 21;

    private final Link link;
    /** To be read from; what the next handler has no room for yet. */
    private ByteBuffer plain;

    private boolean begun;

    LinkReader(Link link) {
        this.link = link;
        // Several records at a time, or the socket would be asked for each.
        this.src = ByteBuffer.allocate(4 * link.engine().getSession().getPacketBufferSize());
        this.plain = ByteBuffer.allocate(link.engine().getSession().getApplicationBufferSize())
                .limit(0);
    }

    @Override
    public HandlerStatus onRead() throws Exception {
        src.flip();
        try {
            while (true) {
                deliver();
                if (plain.hasRemaining()) {
                    return HandlerStatus.DIRTY;
                }
                HandshakeStatus status = link.status();
                if (status == HandshakeStatus.NEED_TASK) {
                    link.compute();
                    return HandlerStatus.BLOCKED;
                }
                if (status == HandshakeStatus.NEED_WRAP) {
                    if (!link.isOpen()) {
                        link.readerWaits();
                        return HandlerStatus.BLOCKED;
                    }
                    channel.outboundPipeline().wakeup();
                }
                if (!src.hasRemaining()) {
                    return HandlerStatus.CLEAN;
                }
                refuseOtherProtocols();
                if (!unwrap()) {
                    return HandlerStatus.CLEAN;
                }
            }
        } finally {
            src.compact();
        }
    }

    /** TLS would wait for more, which a member without it does not send. */
    private void refuseOtherProtocols() throws SSLException {
        byte type = src.get(src.position());
        if (!begun && type != HANDSHAKE && type != ALERT) {
            link.failed(new HandshakeFailure(
                    HandshakeFailure.Reason.NO_TLS, "it does not speak TLS; is it a node without cluster.tls?"));
            throw new SSLException("no TLS");
        }
        begun = true;
    }

    private void deliver() {
        if (!plain.hasRemaining()) {
            return;
        }
        link.heard();
        int fits = Math.min(plain.remaining(), dst.remaining());
        dst.put(plain.slice(plain.position(), fits));
        plain.position(plain.position() + fits);
    }

    /** @return whether something has changed by it */
    private boolean unwrap() throws Exception {
        plain.clear();
        SSLEngineResult result;
        try {
            result = link.engine().unwrap(src, plain);
        } catch (SSLException e) {
            link.intercept(e);
            throw e;
        } finally {
            plain.flip();
        }
        return switch (result.getStatus()) {
            case OK ->
                result.bytesConsumed() > 0
                        || result.getHandshakeStatus() == HandshakeStatus.NEED_TASK
                        || result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
            case BUFFER_UNDERFLOW -> false;
            case BUFFER_OVERFLOW -> {
                plain = ByteBuffer.allocate(plain.capacity() * 2).limit(0);
                yield true;
            }
            case CLOSED -> throw new EOFException("the other side has ended TLS");
        };
    }

    @Override
    public void interceptError(Throwable error) {
        link.intercept(error);
    }
}
