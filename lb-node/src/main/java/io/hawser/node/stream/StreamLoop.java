package io.hawser.node.stream;

import io.hawser.node.transport.Transport;
import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;

/** One event loop and the streams that it carries. */
public abstract sealed class StreamLoop permits EpollStreamLoop, ChannelStreamLoop {

    private final IoEventLoop eventLoop;

    StreamLoop(IoEventLoop eventLoop) {
        this.eventLoop = eventLoop;
    }

    /**
     * The streams of one event loop.
     *
     * @param eventLoop one that the transport's I/O handler drives
     */
    public static StreamLoop of(Transport transport, IoEventLoop eventLoop) {
        return switch (transport.kind()) {
            case EPOLL -> new EpollStreamLoop(eventLoop);
            case IO_URING, NIO, AUTO -> new ChannelStreamLoop(transport, eventLoop);
        };
    }

    public final IoEventLoop eventLoop() {
        return eventLoop;
    }

    /**
     * Binds a socket, which neither hears handshakes, where the kernel can do that, nor takes connections yet. For any
     * thread.
     *
     * @throws IOException when the address can't be had
     */
    public abstract ListenSocket listen(InetSocketAddress address, ListenOptions options, AcceptHandler handler)
            throws IOException;

    /**
     * Makes sure that no socket is bound to an address, not even one that would share it. For any thread.
     *
     * @param floating whether the host need not have the address now
     * @throws IOException when there is one, or the address can't be had
     */
    public abstract void requireFree(InetSocketAddress address, boolean floating) throws IOException;

    /**
     * A stream that is still to be connected. On the loop.
     *
     * @param ipv6 what its address will be
     * @throws IOException when there is no descriptor for it
     */
    public abstract Stream newStream(boolean ipv6) throws IOException;
}
