package io.hawser.node.stream;

import io.hawser.node.transport.TcpInfo;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A bound socket that takes connections while it is asked to. Usable from any thread.
 *
 * <p>Where the kernel can do that, it is deaf to new handshakes until it is told to {@link #hear} them.
 */
public interface ListenSocket {

    /** Where it is bound; with the port that the kernel gave. */
    InetSocketAddress address();

    /** Where its handler is told. */
    EventLoop eventLoop();

    /** Lets the kernel begin handshakes. */
    void hear();

    /**
     * Makes the kernel leave new handshakes unanswered; those that have begun still complete.
     *
     * @return false where it can't; then nothing has changed
     */
    boolean deafen();

    /** Takes connections from now on, or leaves them in the kernel's queue. Without effect once it is closed. */
    void setAccepting(boolean accepting);

    /** What the kernel knows of it; null where it does not tell. */
    @Nullable TcpInfo info();

    /**
     * Closes it; clients in its queue are reset. Off its event loop this waits for {@link #closed}, on the loop it
     * returns at once.
     */
    void close();

    /**
     * Completes, on the event loop, when it was closed and the kernel takes no more connections: a client that connects
     * from then on is refused.
     */
    CompletableFuture<Void> closed();
}
