package io.hawser.node.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoEventLoop;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.unix.Buffer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** An event loop that epoll drives, and what its streams share: the buffer that each reads into, and their end. */
final class EpollStreamLoop extends StreamLoop {

    /** What is read at once. Nothing of it is held between two reads, so idle streams need no buffer. */
    private static final int READ_BYTES = 64 * 1024;

    private final ByteBuf readBuffer;
    private final long readAddress;
    private final List<EpollStream> closing = new ArrayList<>();
    private final Runnable closeAll = this::closeAll;

    EpollStreamLoop(IoEventLoop eventLoop) {
        super(eventLoop);
        // Freed when the loop is garbage, like any direct buffer of Java's.
        ByteBuffer memory = ByteBuffer.allocateDirect(READ_BYTES);
        this.readBuffer = Unpooled.wrappedBuffer(memory);
        this.readAddress = Buffer.memoryAddress(memory);
    }

    @Override
    public ListenSocket listen(InetSocketAddress address, ListenOptions options, AcceptHandler handler)
            throws IOException {
        return EpollListenSocket.bind(this, address, options, handler);
    }

    @Override
    public void requireFree(InetSocketAddress address, boolean floating) throws IOException {
        EpollListenSocket.requireFree(address, floating);
    }

    @Override
    public Stream newStream(boolean ipv6) throws IOException {
        LinuxSocket socket = EpollListenSocket.newSocket(ipv6);
        try {
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            return new EpollStream(this, socket, null);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Empty; whoever reads into it is done with it before anybody else reads. */
    ByteBuf readBuffer() {
        return readBuffer.clear();
    }

    /** Where the read buffer begins. */
    long readAddress() {
        return readAddress;
    }

    ByteBufAllocator allocator() {
        return ByteBufAllocator.DEFAULT;
    }

    /**
     * Closes a stream's descriptor when the events at hand are handled: among them there may be some of this
     * descriptor, and its number must not be another stream's by then.
     */
    void closeLater(EpollStream stream) {
        closing.add(stream);
        if (closing.size() == 1) {
            eventLoop().execute(closeAll);
        }
    }

    private void closeAll() {
        for (int i = 0; i < closing.size(); i++) {
            closing.get(i).closeNow();
        }
        closing.clear();
    }
}
