package io.hawser.node.stream;

import io.hawser.node.transport.TcpInfo;
import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.epoll.LinuxSocket;
import io.netty.channel.epoll.Native;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.NotYetConnectedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP socket on an event loop that epoll drives, with no system call that is not needed.
 *
 * <p>Epoll tells each change once (edge-triggered), so that neither pausing nor going on costs a call: what it told
 * and was not acted upon is remembered in {@link #mayRead}. A read that does not fill the buffer has emptied the
 * socket. What the peer of a {@link #write} does not take at once is copied; in the ordinary case bytes go from socket
 * to socket through the loop's one buffer.
 */
final class EpollStream implements Stream, EpollIoHandle, Runnable {

    private static final Logger log = LoggerFactory.getLogger(EpollStream.class);

    private static final int HANG_UP = 0x10; // EPOLLHUP of linux/eventpoll.h; Netty has no name for it.

    private static final EpollIoOps READS = EpollIoOps.valueOf(Native.EPOLLIN | Native.EPOLLRDHUP | Native.EPOLLET);
    private static final EpollIoOps READS_AND_WRITES = READS.with(EpollIoOps.EPOLLOUT);

    /** Full reads in a row before others get their turn. */
    private static final int READS_AT_ONCE = 16;

    private final EpollStreamLoop loop;
    private final FileDescriptor descriptor;
    private final @Nullable InetSocketAddress remoteAddress;
    private @Nullable StreamHandler handler;
    private @Nullable IoRegistration registration;
    private @Nullable ByteBuf unsent;
    private boolean connecting;
    private boolean toldOfWrites;
    private boolean flushAwaited;
    private boolean paused;
    private boolean reading;
    private boolean readLater;
    /** Epoll has told of something to read that was not read to its end. */
    private boolean mayRead;
    /** Epoll has told of the peer's end, which stands behind what is still to be read. */
    private boolean endTold;
    /** Epoll has told of an error, which stands behind what is still to be read. */
    private boolean errorTold;

    private boolean inputOver;
    private boolean outputOver;
    /** The other end has reset it, so that it can't be reset any more. */
    private boolean broken;

    private boolean closed;

    EpollStream(EpollStreamLoop loop, FileDescriptor descriptor, @Nullable InetSocketAddress remoteAddress) {
        this.loop = loop;
        this.descriptor = descriptor;
        this.remoteAddress = remoteAddress;
    }

    @Override
    public FileDescriptor fd() {
        return descriptor;
    }

    @Override
    public @Nullable InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    @Override
    public @Nullable TcpInfo info() {
        return closed ? null : TcpInfo.of(socket());
    }

    @Override
    public InetSocketAddress localAddress() {
        return socket().localAddress();
    }

    /** The same descriptor with the calls that only a few need; asking for it costs one. */
    private Socket socket() {
        return descriptor instanceof Socket socket ? socket : LinuxSocket.newSocket(descriptor.intValue());
    }

    @Override
    public void setHandler(StreamHandler handler) {
        this.handler = handler;
    }

    private StreamHandler handler() {
        StreamHandler present = handler;
        if (present == null) {
            throw new IllegalStateException("not started");
        }
        return present;
    }

    // Begin.

    @Override
    public void start(StreamLoop on, StreamHandler handler) {
        if (on != loop) {
            throw new IllegalArgumentException("a stream stays on the loop that accepted it");
        }
        this.handler = handler;
        register(READS);
    }

    private void register(EpollIoOps what) {
        Future<IoRegistration> registering = loop.eventLoop().register(this);
        if (!registering.isSuccess()) {
            throw new IllegalStateException("the event loop takes no sockets", registering.cause());
        }
        IoRegistration registered = registering.getNow();
        registration = registered;
        registered.submit(what);
    }

    @Override
    public void connect(InetSocketAddress to, StreamHandler handler) {
        this.handler = handler;
        boolean connected;
        try {
            connected = socket().connect(to);
            connecting = !connected;
            toldOfWrites = true;
            register(READS_AND_WRITES);
        } catch (IOException | RuntimeException e) {
            failConnect(e);
            return;
        }
        if (connected) {
            handler.onConnected();
        }
    }

    private void finishConnect(int told) {
        // What can be written to is connected; only a failure has to be asked for.
        if ((told & (Native.EPOLLERR | HANG_UP)) != 0) {
            try {
                if (!socket().finishConnect()) {
                    return;
                }
            } catch (IOException e) {
                failConnect(e);
                return;
            }
        } else if ((told & Native.EPOLLOUT) == 0) {
            return;
        }
        connecting = false;
        handler().onConnected();
    }

    private void failConnect(Exception cause) {
        connecting = false;
        inputOver = true;
        outputOver = true;
        handler().onConnectFailed(cause);
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        if (closed) {
            return;
        }
        int told = ((EpollIoEvent) event).ops().value();
        try {
            if (connecting) {
                finishConnect(told);
                if (connecting || closed) {
                    return;
                }
            }
            if (unsent != null && (told & (Native.EPOLLOUT | Native.EPOLLERR)) != 0) {
                sendUnsent();
            }
            if ((told & ~Native.EPOLLOUT) != 0) {
                mayRead = true;
                endTold |= (told & Native.EPOLLRDHUP) != 0;
                errorTold |= (told & Native.EPOLLERR) != 0;
                if (!inputOver) {
                    read();
                } else if (errorTold && !outputOver) {
                    breakOff();
                }
            }
        } catch (RuntimeException | Error e) {
            handler().onDefect(e);
        }
    }

    // Read.

    @Override
    public void pauseReading() {
        paused = true;
    }

    @Override
    public void resumeReading() {
        if (paused) {
            paused = false;
            if (mayRead && !reading) {
                readLater();
            }
        }
    }

    private void readLater() {
        if (!readLater) {
            readLater = true;
            loop.eventLoop().execute(this);
        }
    }

    /** Reads on where it was left. */
    @Override
    public void run() {
        readLater = false;
        try {
            read();
        } catch (RuntimeException | Error e) {
            handler().onDefect(e);
        }
    }

    private void read() {
        if (reading) {
            return;
        }
        reading = true;
        try {
            int reads = 0;
            while (mayRead && !paused && !inputOver && !closed) {
                if (reads == READS_AT_ONCE) {
                    readLater();
                    return;
                }
                reads++;
                readOnce();
            }
        } finally {
            reading = false;
        }
    }

    private void readOnce() {
        ByteBuf buffer = loop.readBuffer();
        int room = buffer.writableBytes();
        int length;
        try {
            length = descriptor.readAddress(loop.readAddress(), 0, room);
        } catch (IOException | NotYetConnectedException e) {
            inputOver = true;
            breakOff();
            return;
        }
        if (length == 0) {
            mayRead = false;
            return;
        }
        if (length < 0) {
            endInput();
            return;
        }
        boolean emptied = length < room;
        if (emptied && !endTold && !errorTold) {
            mayRead = false;
        }
        buffer.writerIndex(length);
        handler().onBytes(buffer);
        if (emptied && endTold && !errorTold && !inputOver && !closed && !paused) {
            // The end stands right behind: it needs no call to be seen.
            endInput();
        }
    }

    /** The other end has broken the connection, or the network has. */
    private void breakOff() {
        if (!closed) {
            broken = true;
            outputOver = true;
            releaseUnsent();
            handler().onReset();
        }
    }

    private void endInput() {
        inputOver = true;
        if (outputOver) {
            // The error was taken by a write; to a read it looks like an orderly end.
            handler().onReset();
        } else {
            handler().onEnd();
        }
    }

    // Write.

    @Override
    public void write(ByteBuf bytes) {
        if (outputOver || closed) {
            return;
        }
        ByteBuf waiting = unsent;
        if (waiting != null) {
            waiting.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
            return;
        }
        int sent;
        try {
            sent = send(bytes);
        } catch (IOException | NotYetConnectedException e) {
            failOutput();
            return;
        }
        int rest = bytes.readableBytes() - sent;
        if (rest > 0) {
            unsent = loop.allocator().directBuffer(rest).writeBytes(bytes, bytes.readerIndex() + sent, rest);
            if (!toldOfWrites && registration != null) {
                toldOfWrites = true;
                registration.submit(READS_AND_WRITES);
            }
        }
    }

    private int send(ByteBuf bytes) throws IOException {
        if (bytes.hasMemoryAddress()) {
            return descriptor.writeAddress(bytes.memoryAddress(), bytes.readerIndex(), bytes.writerIndex());
        }
        ByteBuffer view = bytes.internalNioBuffer(bytes.readerIndex(), bytes.readableBytes());
        return descriptor.write(view, view.position(), view.limit());
    }

    private void sendUnsent() {
        ByteBuf waiting = unsent;
        if (waiting == null) {
            return;
        }
        try {
            waiting.skipBytes(send(waiting));
        } catch (IOException | NotYetConnectedException e) {
            failOutput();
            return;
        }
        if (!waiting.isReadable()) {
            waiting.release();
            unsent = null;
            handler().onWritable();
            if (flushAwaited && unsent == null && !closed) {
                flushAwaited = false;
                handler().onFlushed();
            }
        }
    }

    private void failOutput() {
        outputOver = true;
        releaseUnsent();
        handler().onOutputFailed();
    }

    @Override
    public boolean isWritable() {
        return unsent == null;
    }

    @Override
    public long unsentBytes() {
        return unsent == null ? 0 : unsent.readableBytes();
    }

    @Override
    public void awaitFlush() {
        if (closed) {
            return;
        }
        if (outputOver) {
            handler().onOutputFailed();
        } else if (unsent == null) {
            handler().onFlushed();
        } else {
            flushAwaited = true;
        }
    }

    @Override
    public void shutdownOutput() {
        if (outputOver || closed) {
            return;
        }
        try {
            socket().shutdown(false, true);
        } catch (IOException | NotYetConnectedException e) {
            failOutput();
        }
    }

    private void releaseUnsent() {
        if (unsent != null) {
            unsent.release();
            unsent = null;
        }
    }

    // End.

    @Override
    public void close(boolean reset) {
        if (closed) {
            return;
        }
        closed = true;
        releaseUnsent();
        if (reset && !connecting && !broken) {
            try {
                socket().setSoLinger(0);
            } catch (IOException e) {
                log.debug("no reset for {}: {}", descriptor, e.getMessage());
            }
        }
        if (registration == null) {
            closeNow();
        } else {
            loop.closeLater(this);
        }
    }

    /** The event loop ends. */
    @Override
    public void close() {
        closed = true;
        releaseUnsent();
        closeNow();
    }

    void closeNow() {
        try {
            // The kernel takes a closed descriptor from epoll by itself, and the registration sees that it is closed.
            descriptor.close();
        } catch (IOException e) {
            log.warn("closing {} failed: {}", descriptor, e.getMessage());
        }
        if (registration != null) {
            registration.cancel();
        }
    }
}
