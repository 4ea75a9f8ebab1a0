package io.hawser.node.state.hazelcast;

import com.hazelcast.internal.networking.Channel;
import com.hazelcast.internal.server.ServerConnection;
import io.hawser.node.identity.HandshakeFailure;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS on one connection between members, for the handler that reads from it and for the one that writes to it.
 *
 * <p>These run on threads of Hazelcast's, the two at the same time. The engine takes that; what one of them waits for, the
 * other one does, and wakes it.
 */
final class Link {

    private enum State {
        HANDSHAKING,
        OPEN,
        FAILED
    }

    private final Links links;
    private final Channel channel;
    private final SSLEngine engine;
    private final Runnable unreachable;
    private final @Nullable SocketAddress remote;
    private final AtomicReference<State> state = new AtomicReference<>(State.HANDSHAKING);
    /** Whether a thread is busy with the handshake's arithmetic. */
    private final AtomicBoolean computing = new AtomicBoolean();

    private boolean counted;
    /** Whether anything came from the other side: only then has it, too, believed what it was shown. */
    private volatile boolean heard;

    private volatile boolean readerWaits;

    Link(Links links, Channel channel, SSLEngine engine, Runnable unreachable) {
        this.links = links;
        this.channel = channel;
        this.engine = engine;
        this.unreachable = unreachable;
        this.remote = channel.remoteSocketAddress();
    }

    /** @param among whether it is among those that are counted while they try */
    void counted(boolean among) {
        counted = among;
    }

    SSLEngine engine() {
        return engine;
    }

    boolean isOpen() {
        return state.get() == State.OPEN;
    }

    HandshakeStatus status() throws SSLException {
        if (state.get() == State.FAILED) {
            throw new SSLException("the handshake has failed");
        }
        HandshakeStatus status = engine.getHandshakeStatus();
        if (status == HandshakeStatus.NOT_HANDSHAKING && state.get() == State.HANDSHAKING) {
            opened();
        }
        return status;
    }

    private void opened() {
        if (state.compareAndSet(State.HANDSHAKING, State.OPEN)) {
            tried();
            if (!channel.isClientMode()) {
                // The other side shows its certificate last: all is said.
                heard = true;
                links.succeeded();
            }
            channel.outboundPipeline().wakeup();
            channel.inboundPipeline().wakeup();
        }
    }

    /** Something has come from the other side. */
    void heard() {
        if (!heard) {
            heard = true;
            links.succeeded();
        }
    }

    private void tried() {
        if (counted) {
            links.tried(remote);
        }
    }

    /** The reader can't go on until something was written, or computed. */
    void readerWaits() {
        readerWaits = true;
        channel.outboundPipeline().wakeup();
    }

    /** To be said after whatever the reader may wait for. */
    void written() {
        if (readerWaits && engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP) {
            readerWaits = false;
            channel.inboundPipeline().wakeup();
        }
    }

    /** Has somebody else do what takes time, and wake both sides when it is done. */
    void compute() {
        if (!computing.compareAndSet(false, true)) {
            return;
        }
        try {
            links.run(() -> {
                for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                    // What fails in it, the engine says when it is next asked.
                    task.run();
                }
                computing.set(false);
                channel.inboundPipeline().wakeup();
                channel.outboundPipeline().wakeup();
            });
        } catch (RejectedExecutionException e) {
            // The node is leaving.
            computing.set(false);
        }
    }

    /** What went wrong on this connection, whose end it is. */
    void intercept(Throwable error) {
        if (state.get() == State.OPEN && !heard) {
            heard = true;
            links.failed(true, remote, failure(error));
            unreachable.run();
            return;
        }
        failed(failure(error));
    }

    private HandshakeFailure failure(Throwable error) {
        if (error instanceof EOFException || isReset(error)) {
            return new HandshakeFailure(
                    HandshakeFailure.Reason.NO_TLS,
                    channel.isClientMode()
                            ? "it ends it before TLS is agreed on; does that node have cluster.tls, and does it believe this"
                                    + " one's certificate? Its log says so"
                            : "it has ended it before TLS was agreed on");
        }
        return HandshakeFailure.of(error, links.section());
    }

    private static boolean isReset(Throwable error) {
        return error instanceof IOException && !(error instanceof SSLException);
    }

    void giveUp() {
        if (state.get() == State.HANDSHAKING) {
            failed(new HandshakeFailure(
                    HandshakeFailure.Reason.SILENT,
                    "TLS was not agreed on within " + Links.HANDSHAKE_MILLIS / 1000 + " s"));
        }
    }

    /** Ends the connection, and tells why. Any thread. */
    void failed(HandshakeFailure failure) {
        if (!state.compareAndSet(State.HANDSHAKING, State.FAILED)) {
            return;
        }
        tried();
        links.failed(channel.isClientMode(), remote, failure);
        if (channel.isClientMode()) {
            unreachable.run();
        }
        sayAlert();
        SSLException cause = new SSLException(failure.text());
        if (channel.attributeMap().get(ServerConnection.class) instanceof ServerConnection connection) {
            connection.close(failure.text(), cause);
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    /** The other side is to know why, if there is anything to say and it takes it at once. */
    private void sayAlert() {
        SocketChannel socket = channel.socket().getChannel();
        try {
            ByteBuffer alert = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP
                    && engine.wrap(ByteBuffer.allocate(0), alert).bytesProduced() > 0) {
                // All that there is.
            }
            alert.flip();
            if (socket != null && alert.hasRemaining()) {
                var unused = socket.write(alert);
            }
        } catch (IOException e) {
            // Then it is not told.
        }
    }
}
