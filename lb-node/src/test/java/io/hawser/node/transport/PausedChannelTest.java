package io.hawser.node.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.node.testing.LeakGate;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A channel that is paused, whatever happens meanwhile, goes on where it was once it is resumed. */
@ExtendWith(LeakGate.class)
final class PausedChannelTest {

    /** The kernel takes it all, so that the end comes right behind it. */
    private static final int LENGTH = 50_000;

    private static final int READ = 512;

    /** Netty's own bound on what it reads before it looks whether it should go on. */
    private static final int READS_AT_ONCE = 16;

    private @Nullable MultiThreadIoEventLoopGroup loops;
    private final BlockingQueue<Channel> accepted = new LinkedBlockingQueue<>();

    /** Pauses at the first bytes, and counts them all. */
    private static final class Reader extends ChannelInboundHandlerAdapter {

        private final CompletableFuture<Channel> paused = new CompletableFuture<>();
        private final CompletableFuture<Integer> ended = new CompletableFuture<>();
        private final AtomicInteger received = new AtomicInteger();

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            if (received.get() == 0) {
                context.channel().config().setAutoRead(false);
                paused.complete(context.channel());
            }
            received.addAndGet(bytes.readableBytes());
            bytes.release();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                ended.complete(received.get());
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            ended.completeExceptionally(cause);
        }
    }

    @AfterEach
    void stop() {
        if (loops != null) {
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.Choice.class,
            names = {"EPOLL", "NIO", "IO_URING"})
    void thePeerEndsWhileReadingIsPaused(Transport.Choice choice) throws Exception {
        Channel server = listen(choice);
        try (Socket client = connect(server)) {
            client.getOutputStream().write(new byte[LENGTH]);
            client.shutdownOutput();
            Channel channel = Objects.requireNonNull(accepted.poll(10, TimeUnit.SECONDS));
            Reader reader = channel.pipeline().get(Reader.class);
            reader.paused.get(10, TimeUnit.SECONDS);
            // The loop has asked the kernel again once tasks that came after one another are done.
            for (int i = 0; i < 3; i++) {
                channel.eventLoop().submit(() -> {}).get(10, TimeUnit.SECONDS);
            }
            if (choice != Transport.Choice.IO_URING) {
                // Netty's io_uring reads all that the kernel holds when the peer ends.
                assertThat(reader.received.get())
                        .as("bytes read while paused")
                        .isLessThanOrEqualTo(READS_AT_ONCE * READ);
            }

            channel.config().setAutoRead(true);

            assertThat(reader.ended.get(10, TimeUnit.SECONDS)).isEqualTo(LENGTH);
            channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {42})).get(10, TimeUnit.SECONDS);
            assertThat(client.getInputStream().read())
                    .as("what the other direction brings")
                    .isEqualTo(42);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Transport.Choice.class,
            names = {"EPOLL", "NIO", "IO_URING"})
    void acceptingIsPaused(Transport.Choice choice) throws Exception {
        Channel server = listen(choice);
        for (int i = 0; i < 3; i++) {
            try (Socket client = connect(server)) {
                assertThat(client.isConnected()).isTrue();
                assertThat(accepted.poll(10, TimeUnit.SECONDS))
                        .as("connection %d", i)
                        .isNotNull();
            }
            List.of(false, true).forEach(reads -> server.eventLoop()
                    .submit(() -> server.config().setAutoRead(reads))
                    .syncUninterruptibly());
            assertThat(server.isOpen()).isTrue();
        }
    }

    private Channel listen(Transport.Choice choice) {
        Transport transport;
        try {
            transport = Transport.of(choice);
        } catch (IllegalStateException e) {
            Assumptions.abort(e.getMessage());
            throw e;
        }
        MultiThreadIoEventLoopGroup loop =
                new MultiThreadIoEventLoopGroup(1, transport.ioHandler().get());
        loops = loop;
        return new ServerBootstrap()
                .group(loop)
                .channelFactory(transport.serverChannel())
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                // Small, so that the end comes before all is read.
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new Reader());
                        accepted.add(channel);
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    private static Socket connect(Channel server) throws IOException {
        InetSocketAddress address = (InetSocketAddress) server.localAddress();
        return new Socket(address.getAddress(), address.getPort());
    }
}
