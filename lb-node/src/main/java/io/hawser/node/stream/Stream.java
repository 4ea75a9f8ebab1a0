package io.hawser.node.stream;

import io.hawser.node.transport.TcpInfo;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One TCP socket: one that was accepted, or one that connects to a backend.
 *
 * <p>Belongs to one event loop from {@link #start} or {@link #connect} on, and is used from there only. What happens on
 * it is told to its {@link StreamHandler}; after {@link #close} nothing is.
 */
public interface Stream {

    /** Who is at the other end of an accepted stream; null when it was gone before it could be asked. */
    @Nullable InetSocketAddress remoteAddress();

    /** What the kernel knows of it; null where it does not tell. */
    @Nullable TcpInfo info();

    /** This end. */
    InetSocketAddress localAddress();

    /**
     * Begins to read an accepted stream.
     *
     * @param loop carries it from now on
     */
    void start(StreamLoop loop, StreamHandler handler);

    /** Connects a stream that {@link StreamLoop#newStream} made; the handler is told how it went, perhaps at once. */
    void connect(InetSocketAddress to, StreamHandler handler);

    /** Whoever is told from now on. */
    void setHandler(StreamHandler handler);

    /**
     * Sends bytes: the socket takes what it can at once, the rest is kept and sent as room comes.
     *
     * @param bytes in direct memory; all that is readable is sent, and they stay the caller's, as they are
     */
    void write(ByteBuf bytes);

    /**
     * Whether more may be written. When not, {@link StreamHandler#onWritable} tells when it may again; whoever writes
     * all the same makes this node keep it.
     */
    boolean isWritable();

    /** Of what was written, the bytes that the kernel has not taken yet. */
    long unsentBytes();

    /** Asks for {@link StreamHandler#onFlushed} once all that was written is the kernel's; it may come at once. */
    void awaitFlush();

    /** Lets the other end wait: nothing more is read, neither bytes nor their end, until {@link #resumeReading}. */
    void pauseReading();

    void resumeReading();

    /** Tells the other end that nothing more will come; to be called when all that was written is flushed. */
    void shutdownOutput();

    /**
     * Closes it, once; later calls are without effect. What was written and not sent is thrown away.
     *
     * @param reset whether the other end sees a reset in place of an orderly end
     */
    void close(boolean reset);
}
