package io.hawser.node.stream;

import io.hawser.node.transport.TcpInfo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A TCP socket that is a channel of Netty's: for the transports that have nothing of ours. */
final class ChannelStream extends ChannelInboundHandlerAdapter implements Stream {

    private static final int LOOK_MILLIS = 250;

    private final EventLoop loop;
    private final Channel channel;
    private @Nullable StreamHandler handler;
    private boolean readFailed;
    private boolean closed;

    /** @param loop where it connects; an accepted stream is told by {@link #start} */
    ChannelStream(EventLoop loop, Channel channel) {
        this.loop = loop;
        this.channel = channel;
    }

    @Override
    public @Nullable InetSocketAddress remoteAddress() {
        return (InetSocketAddress) channel.remoteAddress();
    }

    @Override
    public @Nullable TcpInfo info() {
        return closed ? null : TcpInfo.of(channel);
    }

    @Override
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) channel.localAddress();
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
    public void start(StreamLoop loop, StreamHandler handler) {
        open(handler);
        EventLoop on = loop.eventLoop();
        on.register(channel).addListener(registered -> {
            if (!registered.isSuccess()) {
                handler.onDefect(registered.cause());
            }
        });
    }

    private void open(StreamHandler handler) {
        this.handler = handler;
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        // A failed write must not throw away what the peer had already sent to us.
        channel.config().setOption(ChannelOption.AUTO_CLOSE, false);
        // Deadlines are the connection's; Netty would make a timer for each connect.
        channel.config().setConnectTimeoutMillis(0);
        channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
        channel.pipeline().addLast(this);
    }

    @Override
    public void connect(InetSocketAddress to, StreamHandler handler) {
        open(handler);
        loop.register(channel).addListener(registered -> {
            if (registered.isSuccess()) {
                channel.connect(to).addListener(this::onConnectDone);
            } else {
                onConnectDone(registered);
            }
        });
    }

    private void onConnectDone(Future<?> done) {
        if (closed) {
            return;
        }
        if (done.isSuccess()) {
            tell(() -> handler().onConnected());
        } else {
            tell(() -> handler().onConnectFailed(done.cause()));
        }
    }

    // Read.

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            if (!closed) {
                handler().onBytes(bytes);
            }
        } finally {
            bytes.release();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event != ChannelInputShutdownEvent.INSTANCE || closed) {
            return;
        }
        // A failed read is followed by this event too: only then it is a reset and not an end.
        if (readFailed) {
            handler().onReset();
        } else {
            handler().onEnd();
            lookForReset();
        }
    }

    /** Netty does not read any more behind an end, so that it would not see a reset there before something is written. */
    private void lookForReset() {
        TcpInfo info = info();
        if (info == null || ((DuplexChannel) channel).isOutputShutdown()) {
            return;
        }
        if (info.closed()) {
            tell(() -> handler().onReset());
        } else {
            var unused = channel.eventLoop().schedule(this::lookForReset, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** For what Netty calls without a pipeline: of a failure there it would only make a line in the log. */
    private void tell(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException e) {
            handler().onDefect(e);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (!closed) {
            handler().onReset();
        }
    }

    @Override
    public void pauseReading() {
        channel.config().setAutoRead(false);
    }

    @Override
    public void resumeReading() {
        channel.config().setAutoRead(true);
    }

    // Write.

    @Override
    public void write(ByteBuf bytes) {
        if (!closed) {
            var unused = channel.writeAndFlush(bytes.retainedSlice(), channel.voidPromise());
        }
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public long unsentBytes() {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (!closed && channel.isWritable()) {
            handler().onWritable();
        }
    }

    @Override
    public void awaitFlush() {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(this::onFlushDone);
    }

    private void onFlushDone(Future<?> done) {
        if (closed) {
            return;
        }
        if (done.isSuccess()) {
            tell(() -> handler().onFlushed());
        } else {
            tell(() -> handler().onOutputFailed());
        }
    }

    @Override
    public void shutdownOutput() {
        ((DuplexChannel) channel).shutdownOutput().addListener(done -> {
            if (!closed && !done.isSuccess()) {
                tell(() -> handler().onOutputFailed());
            }
        });
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (closed) {
            return;
        }
        if (cause instanceof IOException) {
            readFailed = true;
            handler().onOutputFailed();
        } else {
            handler().onDefect(cause);
        }
    }

    // End.

    @Override
    public void close(boolean reset) {
        if (closed) {
            return;
        }
        closed = true;
        if (reset && channel.isActive()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        if (channel.isRegistered()) {
            var unused = channel.close();
        } else {
            // No event loop has it, so that nobody would carry out an ordinary close.
            channel.unsafe().closeForcibly();
        }
    }
}
