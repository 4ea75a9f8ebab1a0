package io.hawser.node.state.hazelcast;

import com.hazelcast.internal.networking.HandlerStatus;
import com.hazelcast.internal.networking.OutboundHandler;
import java.io.EOFException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** Turns what is sent to another member into what goes over the connection, the last of its handlers. */
final class LinkWriter extends OutboundHandler<ByteBuffer, ByteBuffer> {

    private final Link link;

    LinkWriter(Link link) {
        this.link = link;
        // Several records at a time; to be read from, as the pipeline wants it.
        this.dst = ByteBuffer.allocate(4 * link.engine().getSession().getPacketBufferSize())
                .limit(0);
    }

    @Override
    public HandlerStatus onWrite() throws Exception {
        dst.compact();
        try {
            while (true) {
                HandshakeStatus status = link.status();
                if (status == HandshakeStatus.NEED_TASK) {
                    link.compute();
                    return HandlerStatus.BLOCKED;
                }
                boolean says = status == HandshakeStatus.NEED_WRAP;
                if (!says) {
                    link.written();
                    if (!src.hasRemaining()) {
                        return HandlerStatus.CLEAN;
                    }
                    if (!link.isOpen()) {
                        // Woken when the handshake goes on.
                        return HandlerStatus.BLOCKED;
                    }
                }
                SSLEngineResult result = wrap();
                switch (result.getStatus()) {
                    case OK -> {
                        if (result.bytesProduced() == 0 && result.bytesConsumed() == 0) {
                            return HandlerStatus.BLOCKED;
                        }
                    }
                    case BUFFER_OVERFLOW -> {
                        return HandlerStatus.DIRTY;
                    }
                    default -> throw new EOFException("TLS is over on this connection");
                }
            }
        } finally {
            dst.flip();
        }
    }

    private SSLEngineResult wrap() throws SSLException {
        try {
            return link.engine().wrap(src, dst);
        } catch (SSLException e) {
            link.intercept(e);
            throw e;
        }
    }

    @Override
    public void interceptError(Throwable error) {
        link.intercept(error);
    }
}
