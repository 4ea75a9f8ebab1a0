package io.hawser.node.systemd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.EventExecutor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The messages as they arrive at a socket such as systemd's, which Netty opens: not by what sends them. */
@EnabledOnOs(OS.LINUX)
final class SupervisorTest {

    private static final long PID = 4711;

    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());

    @TempDir
    private Path directory = Path.of("");

    @BeforeEach
    void needsEpoll() {
        Epoll.ensureAvailability();
    }

    @AfterEach
    void end() {
        group.shutdownGracefully(0, 20, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void tellsWhatTheNodeDoes() throws Exception {
        String name = listen(directory.resolve("notify").toString());
        try (Supervisor supervisor = Supervisor.of(Map.of("NOTIFY_SOCKET", name), PID)) {
            supervisor.ready("serves");
            assertThat(next()).isEqualTo("READY=1\nSTATUS=serves");
            supervisor.reloading();
            assertThat(next()).matches("RELOADING=1\nMONOTONIC_USEC=[0-9]+\nSTATUS=.*");
            supervisor.stopping(Duration.ofSeconds(45));
            assertThat(next()).startsWith("STOPPING=1\nEXTEND_TIMEOUT_USEC=45000000\nSTATUS=");
        }
    }

    @Test
    void namesBehindAnAtAreAbstract() throws Exception {
        String name = "hawser-test-" + ProcessHandle.current().pid();
        listen("\0" + name);
        try (Supervisor supervisor = Supervisor.of(Map.of("NOTIFY_SOCKET", "@" + name), PID)) {
            supervisor.ready("serves");
            assertThat(next()).startsWith("READY=1");
        }
    }

    @Test
    void feedsTheWatchdogWhileLoopsTurn() throws Exception {
        String name = listen(directory.resolve("notify").toString());
        DefaultEventExecutorGroup loops = new DefaultEventExecutorGroup(2);
        CountDownLatch hang = new CountDownLatch(1);
        Map<String, String> environment =
                Map.of("NOTIFY_SOCKET", name, "WATCHDOG_USEC", "200000", "WATCHDOG_PID", String.valueOf(PID));
        try (Supervisor supervisor = Supervisor.of(environment, PID)) {
            supervisor.watch(toList(loops));
            assertThat(next()).isEqualTo("WATCHDOG=1");
            assertThat(next()).isEqualTo("WATCHDOG=1");
            CountDownLatch hanging = new CountDownLatch(1);
            loops.next().execute(() -> {
                hanging.countDown();
                waitFor(hang);
            });
            hanging.await();
            // One look may have been under way.
            while (received.poll(1, TimeUnit.SECONDS) != null) {
                assertThat(hang.getCount()).isEqualTo(1);
            }
            hang.countDown();
            assertThat(next()).isEqualTo("WATCHDOG=1");
        } finally {
            hang.countDown();
            loops.shutdownGracefully(0, 20, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    @Test
    void anotherProcessesWatchdogIsNotFed() throws Exception {
        String name = listen(directory.resolve("notify").toString());
        DefaultEventExecutorGroup loops = new DefaultEventExecutorGroup(1);
        Map<String, String> environment =
                Map.of("NOTIFY_SOCKET", name, "WATCHDOG_USEC", "1000", "WATCHDOG_PID", String.valueOf(PID + 1));
        try (Supervisor supervisor = Supervisor.of(environment, PID)) {
            supervisor.watch(toList(loops));
            assertThat(received.poll(300, TimeUnit.MILLISECONDS)).isNull();
        } finally {
            loops.shutdownGracefully(0, 20, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    /** A node that can't tell anybody serves all the same. */
    @Test
    void nobodyListensAndNothingIsThrown() {
        String nowhere = directory.resolve("nowhere").toString();
        try (Supervisor supervisor = Supervisor.of(Map.of("NOTIFY_SOCKET", nowhere), PID);
                Supervisor none = Supervisor.of(Map.of(), PID)) {
            supervisor.ready("serves");
            none.ready("serves");
            none.stopping(Duration.ofSeconds(1));
        }
    }

    private static List<EventExecutor> toList(DefaultEventExecutorGroup loops) {
        List<EventExecutor> list = new ArrayList<>();
        loops.forEach(list::add);
        return list;
    }

    private String next() throws InterruptedException {
        String message = received.poll(30, TimeUnit.SECONDS);
        assertThat(message).as("a message within 30 s").isNotNull();
        return String.valueOf(message);
    }

    private String listen(String name) throws InterruptedException {
        Channel unused = new Bootstrap()
                .group(group)
                .channel(EpollDomainDatagramChannel.class)
                .handler(new SimpleChannelInboundHandler<DomainDatagramPacket>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, DomainDatagramPacket packet) {
                        received.add(packet.content().toString(StandardCharsets.UTF_8));
                    }
                })
                .bind(new DomainSocketAddress(name))
                .sync()
                .channel();
        return name;
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
