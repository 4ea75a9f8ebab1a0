package io.hawser.node.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.hawser.node.testing.LeakGate;
import io.hawser.node.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a connection relies on in its sockets, whichever transport drives them: against the JDK's sockets. */
@ExtendWith(LeakGate.class)
class StreamTest {

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    private final List<AutoCloseable> open = new ArrayList<>();

    static List<Transport.Choice> transports() {
        List<Transport.Choice> choices = new ArrayList<>(List.of(Transport.Choice.NIO));
        if (Epoll.isAvailable()) {
            choices.add(Transport.Choice.EPOLL);
        }
        if (IoUring.isAvailable()) {
            choices.add(Transport.Choice.IO_URING);
        }
        return choices;
    }

    private StreamLoop loop(Transport.Choice choice) {
        Transport transport = Transport.of(choice);
        MultiThreadIoEventLoopGroup group =
                new MultiThreadIoEventLoopGroup(1, transport.ioHandler().get());
        open.add(() -> group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly());
        return StreamLoop.of(transport, group.next());
    }

    @AfterEach
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    /** A listening socket of ours, and what it has accepted. */
    private final class Server implements AcceptHandler {
        final StreamLoop loop;
        final ListenSocket socket;
        final List<Stream> accepted = new CopyOnWriteArrayList<>();
        final List<Throwable> failures = new CopyOnWriteArrayList<>();

        Server(StreamLoop loop) throws IOException {
            this.loop = loop;
            socket = loop.listen(new InetSocketAddress(LOOPBACK, 0), new ListenOptions(128, false, false), this);
            open.add(socket::close);
            socket.hear();
            socket.setAccepting(true);
        }

        @Override
        public void onAccepted(Stream stream) {
            accepted.add(stream);
        }

        @Override
        public void onAcceptFailed(ListenSocket from, Throwable cause) {
            failures.add(cause);
        }

        Socket client() throws IOException {
            Socket client = new Socket();
            client.connect(socket.address(), 60_000);
            client.setSoTimeout(60_000);
            open.add(client);
            return client;
        }

        Stream accept() {
            await().until(() -> accepted.size() == 1);
            return accepted.get(0);
        }

        Stream start(StreamHandler handler) throws Exception {
            Stream stream = accept();
            on(loop, () -> stream.start(loop, handler));
            open.add(() -> on(loop, () -> stream.close(false)));
            return stream;
        }
    }

    private static void on(StreamLoop loop, Runnable task) throws Exception {
        loop.eventLoop().submit(task).get(60, TimeUnit.SECONDS);
    }

    private static <T> T ask(StreamLoop loop, Callable<T> task) throws Exception {
        return loop.eventLoop().submit(task).get(60, TimeUnit.SECONDS);
    }

    private static void write(Stream stream, byte[] content) {
        ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(content.length).writeBytes(content);
        try {
            stream.write(buffer);
            assertThat(buffer.readableBytes())
                    .as("stays the caller's, as it is")
                    .isEqualTo(content.length);
        } finally {
            buffer.release();
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] random(int length) {
        byte[] content = new byte[length];
        new Random(length).nextBytes(content);
        return content;
    }

    @ParameterizedTest
    @MethodSource("transports")
    void carriesBytesBothWaysAndEachEndByItself(Transport.Choice choice) throws Exception {
        Server server = new Server(loop(choice));
        Socket client = server.client();
        RecordingHandler handler = new RecordingHandler();
        Stream stream = server.start(handler);
        assertThat(stream.remoteAddress()).isEqualTo(client.getLocalSocketAddress());
        assertThat(ask(server.loop, stream::localAddress)).isEqualTo(client.getRemoteSocketAddress());

        client.getOutputStream().write(ascii("all of it"));
        client.shutdownOutput();
        await().until(() -> handler.wasTold("end"));
        assertThat(handler.text()).isEqualTo("all of it");

        on(server.loop, () -> {
            write(stream, ascii("the answer"));
            stream.awaitFlush();
        });
        await().until(() -> handler.wasTold("flushed"));
        on(server.loop, stream::shutdownOutput);
        assertThat(client.getInputStream().readAllBytes()).isEqualTo(ascii("the answer"));
        assertThat(handler.told()).containsExactly("end after 9", "flushed");
    }

    @ParameterizedTest
    @MethodSource("transports")
    void keepsWhatASlowPeerDoesNotTake(Transport.Choice choice) throws Exception {
        Server server = new Server(loop(choice));
        Socket client = server.client();
        RecordingHandler handler = new RecordingHandler();
        Stream stream = server.start(handler);
        byte[] content = random(16 * 1024 * 1024);

        on(server.loop, () -> write(stream, content));
        assertThat(ask(server.loop, stream::isWritable)).isFalse();
        assertThat(ask(server.loop, stream::unsentBytes)).isPositive();
        on(server.loop, stream::awaitFlush);
        assertThat(handler.told()).isEmpty();

        assertThat(client.getInputStream().readNBytes(content.length)).isEqualTo(content);
        await().until(() -> handler.told().equals(List.of("writable", "flushed")));
        assertThat(ask(server.loop, stream::isWritable)).isTrue();
        assertThat(ask(server.loop, stream::unsentBytes)).isZero();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void readsMoreThanABufferHolds(Transport.Choice choice) throws Exception {
        Server server = new Server(loop(choice));
        Socket client = server.client();
        RecordingHandler handler = new RecordingHandler();
        server.start(handler);
        byte[] content = random(3_000_001);
        client.getOutputStream().write(content);
        client.shutdownOutput();
        await().until(() -> handler.wasTold("end"));
        assertThat(handler.bytes()).isEqualTo(content);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void letsThePeerWaitWhilePaused(Transport.Choice choice) throws Exception {
        Server server = new Server(loop(choice));
        Socket client = server.client();
        RecordingHandler handler = new RecordingHandler();
        Stream stream = server.start(handler);
        on(server.loop, stream::pauseReading);
        byte[] content = random(16 * 1024 * 1024);
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
            try {
                client.getOutputStream().write(content);
                client.shutdownOutput();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        // The kernel's buffers fill, and nothing but them.
        await().during(300, TimeUnit.MILLISECONDS).until(() -> !sending.isDone());
        assertThat(handler.bytes().length).isLessThan(256 * 1024);

        on(server.loop, stream::resumeReading);
        await().until(() -> handler.wasTold("end"));
        assertThat(handler.bytes()).isEqualTo(content);
        sending.join();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void tellsAnEndThatCameWhilePausedAfterTheBytes(Transport.Choice choice) throws Exception {
        Server server = new Server(loop(choice));
        Socket client = server.client();
        RecordingHandler handler = new RecordingHandler();
        Stream stream = server.accept();
        on(server.loop, () -> {
            stream.start(server.loop, handler);
            stream.pauseReading();
        });
        client.getOutputStream().write(ascii("late"));
        client.close();
        if (choice != Transport.Choice.IO_URING) {
            // Netty's io_uring reads on when it hears of an end, whether it should or not.
            await().during(200, TimeUnit.MILLISECONDS)
                    .until(() -> handler.told().isEmpty() && handler.text().isEmpty());
        }
        on(server.loop, stream::resumeReading);
        await().until(() -> handler.wasTold("end"));
        assertThat(handler.told()).containsExactly("end after 4");
        on(server.loop, () -> stream.close(false));
    }

    @ParameterizedTest
    @MethodSource("transports")
    void tellsAnEndThatComesTogetherWithTheBytes(Transport.Choice choice) throws Exception {
        Server server = new Server(loop(choice));
        Socket client = server.client();
        RecordingHandler handler = new RecordingHandler();
        server.start(handler);
        CountDownLatch sent = new CountDownLatch(1);
        server.loop.eventLoop().execute(() -> {
            try {
                sent.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        client.getOutputStream().write(ascii("and goodbye"));
        client.shutdownOutput();
        sent.countDown();
        await().until(() -> handler.wasTold("end"));
        assertThat(handler.told()).containsExactly("end after 11");
    }

    @ParameterizedTest
    @MethodSource("transports")
    void tellsAResetAndNotAnEnd(Transport.Choice choice) throws Exception {
        Server server = new Server(loop(choice));
        Socket client = server.client();
        RecordingHandler handler = new RecordingHandler();
        server.start(handler);
        client.getOutputStream().write(ascii("half a"));
        await().until(() -> handler.text().equals("half a"));
        client.setSoLinger(true, 0);
        client.close();
        await().until(() -> handler.wasTold("reset"));
        assertThat(handler.wasTold("end") || handler.wasTold("defect")).isFalse();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aWriteThatFailsLosesNothingThatThePeerSentBefore(Transport.Choice choice) throws Exception {
        assumeThat(choice)
                .as("Netty's io_uring reads on when a reset comes, and takes it for an end")
                .isNotEqualTo(Transport.Choice.IO_URING);
        Server server = new Server(loop(choice));
        Socket client = server.client();
        RecordingHandler handler = new RecordingHandler();
        Stream stream = server.accept();
        on(server.loop, () -> {
            stream.start(server.loop, handler);
            stream.pauseReading();
        });
        // Closing with unread bytes resets, as a server does that has answered and wants no more.
        on(server.loop, () -> write(stream, ascii("unread")));
        await().until(() -> client.getInputStream().available() > 0);
        client.getOutputStream().write(ascii("413, go away"));
        client.close();
        await().until(() -> {
            on(server.loop, () -> write(stream, ascii("more")));
            return handler.wasTold("output-failed");
        });
        on(server.loop, stream::resumeReading);
        await().until(() -> handler.wasTold("reset"));
        assertThat(handler.text()).isEqualTo("413, go away");
        assertThat(handler.wasTold("end") || handler.wasTold("defect")).isFalse();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void awaitingAFlushOfABrokenStreamIsAnswered(Transport.Choice choice) throws Exception {
        Server server = new Server(loop(choice));
        Socket client = server.client();
        RecordingHandler handler = new RecordingHandler();
        Stream stream = server.start(handler);
        on(server.loop, () -> write(stream, random(16 * 1024 * 1024)));
        on(server.loop, stream::awaitFlush);
        client.setSoLinger(true, 0);
        client.close();
        await().until(() -> handler.wasTold("output-failed") || handler.wasTold("reset"));
        assertThat(handler.told()).allMatch(what -> what.startsWith("reset") || what.equals("output-failed"));
    }

    @ParameterizedTest
    @MethodSource("transports")
    void closesInOrderOrByReset(Transport.Choice choice) throws Exception {
        StreamLoop loop = loop(choice);
        for (boolean reset : new boolean[] {false, true}) {
            Server server = new Server(loop);
            Socket client = server.client();
            RecordingHandler handler = new RecordingHandler();
            Stream stream = server.start(handler);
            on(loop, () -> stream.close(reset));
            InputStream input = client.getInputStream();
            if (reset) {
                assertThatThrownBy(input::read).isInstanceOf(SocketException.class);
            } else {
                assertThat(input.read()).isEqualTo(-1);
            }
            client.close();
            on(loop, () -> stream.close(true));
            on(loop, () -> write(stream, ascii("nobody")));
            assertThat(handler.told()).as("after its end").isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void refusesAtOnceWhatWasNeverStarted(Transport.Choice choice) throws Exception {
        Server server = new Server(loop(choice));
        Socket client = server.client();
        Stream stream = server.accept();
        on(server.loop, () -> stream.close(true));
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void connects(Transport.Choice choice) throws Exception {
        StreamLoop loop = loop(choice);
        try (ServerSocket listener = new ServerSocket(0, 50, LOOPBACK)) {
            RecordingHandler handler = new RecordingHandler();
            Stream stream = ask(loop, () -> loop.newStream(false));
            on(loop, () -> stream.connect((InetSocketAddress) listener.getLocalSocketAddress(), handler));
            try (Socket peer = listener.accept()) {
                peer.getOutputStream().write(ascii("server first"));
                peer.shutdownOutput();
                await().until(() -> handler.told().equals(List.of("connected", "end after 12")));
                assertThat(handler.text()).isEqualTo("server first");
                on(loop, () -> {
                    write(stream, ascii("and then "));
                    write(stream, ascii("the client"));
                    stream.awaitFlush();
                });
                await().until(() -> handler.wasTold("flushed"));
                on(loop, () -> stream.close(false));
                assertThat(peer.getInputStream().readAllBytes()).isEqualTo(ascii("and then the client"));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void saysThatItCanNotConnect(Transport.Choice choice) throws Exception {
        StreamLoop loop = loop(choice);
        RecordingHandler handler = new RecordingHandler();
        Stream stream = ask(loop, () -> loop.newStream(false));
        // Bound, so that nobody else is given the port, but not listening.
        try (Socket nobody = new Socket()) {
            nobody.bind(new InetSocketAddress(LOOPBACK, 0));
            on(loop, () -> stream.connect((InetSocketAddress) nobody.getLocalSocketAddress(), handler));
            await().until(() -> handler.told().equals(List.of("connect-failed")));
        }
        on(loop, () -> stream.close(false));
        assertThat(handler.told()).containsExactly("connect-failed");
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aHandlerThatFailsIsToldSo(Transport.Choice choice) throws Exception {
        Server server = new Server(loop(choice));
        Socket client = server.client();
        RecordingHandler handler = new RecordingHandler() {
            @Override
            public void onBytes(ByteBuf bytes) {
                throw new IllegalArgumentException("a defect");
            }
        };
        server.start(handler);
        client.getOutputStream().write(1);
        await().until(() -> handler.wasTold("defect"));
        assertThat(handler.defect()).hasMessage("a defect");
    }

    @ParameterizedTest
    @MethodSource("transports")
    void leavesClientsInTheQueueWhileItIsNotAccepting(Transport.Choice choice) throws Exception {
        Server server = new Server(loop(choice));
        server.client();
        server.accept().close(false);
        server.socket.setAccepting(false);
        on(server.loop, () -> {});
        Socket waiting = server.client();
        await().during(200, TimeUnit.MILLISECONDS).until(() -> server.accepted.size() == 1);
        server.socket.setAccepting(true);
        await().until(() -> server.accepted.size() == 2);
        assertThat(server.accepted.get(1).remoteAddress()).isEqualTo(waiting.getLocalSocketAddress());
        on(server.loop, () -> server.accepted.get(1).close(false));
        server.socket.close();
        assertThatThrownBy(server::client).isInstanceOf(IOException.class);
        assertThat(server.failures).isEmpty();
    }

    /** The JDK and io_uring do what is asked of them some time later. */
    @ParameterizedTest
    @MethodSource("transports")
    void whatIsClosedTakesNoClientAnyMore(Transport.Choice choice) throws Exception {
        StreamLoop loop = loop(choice);
        for (int i = 0; i < 50; i++) {
            Server fromOutside = new Server(loop);
            fromOutside.socket.close();
            assertThat(fromOutside.socket.closed()).isDone();
            assertThatThrownBy(fromOutside::client).isInstanceOf(ConnectException.class);

            Server onItsLoop = new Server(loop);
            loop.eventLoop().execute(onItsLoop.socket::close);
            onItsLoop.socket.closed().get(60, TimeUnit.SECONDS);
            assertThatThrownBy(onItsLoop::client).isInstanceOf(ConnectException.class);
            assertThat(onItsLoop.failures).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void saysThatAnAddressIsTaken(Transport.Choice choice) throws Exception {
        Server server = new Server(loop(choice));
        assertThatThrownBy(
                        () -> server.loop.listen(server.socket.address(), new ListenOptions(128, false, false), server))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("in use");
    }

    /** Descriptors are closed and taken anew all the time; none may hear what was meant for its number's last owner. */
    @ParameterizedTest
    @MethodSource("transports")
    void neverMixesStreamsUp(Transport.Choice choice) throws Exception {
        StreamLoop loop = loop(choice);
        List<String> wrong = new CopyOnWriteArrayList<>();
        AcceptHandler echo = new AcceptHandler() {
            @Override
            public void onAccepted(Stream stream) {
                stream.start(loop, new RecordingHandler() {
                    @Override
                    public void onBytes(ByteBuf bytes) {
                        stream.write(bytes);
                    }

                    @Override
                    public void onEnd() {
                        stream.close(false);
                    }

                    @Override
                    public void onReset() {
                        stream.close(true);
                    }

                    @Override
                    public void onDefect(Throwable cause) {
                        wrong.add(cause.toString());
                    }
                });
            }

            @Override
            public void onAcceptFailed(ListenSocket from, Throwable cause) {
                wrong.add(cause.toString());
            }
        };
        ListenSocket socket =
                loop.listen(new InetSocketAddress(LOOPBACK, 0), new ListenOptions(1024, false, false), echo);
        open.add(socket::close);
        socket.hear();
        socket.setAccepting(true);
        List<CompletableFuture<Void>> clients = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int number = i;
            clients.add(CompletableFuture.runAsync(() -> talk(socket.address(), number, wrong)));
        }
        clients.forEach(CompletableFuture::join);
        assertThat(wrong).isEmpty();
    }

    private static void talk(InetSocketAddress server, int number, List<String> wrong) {
        for (int i = 0; i < 50; i++) {
            byte[] content = random(1 + (number * 1000 + i) * 7 % 5000);
            try (Socket client = new Socket(server.getAddress(), server.getPort())) {
                client.setSoTimeout(60_000);
                client.getOutputStream().write(content);
                client.shutdownOutput();
                byte[] answer = client.getInputStream().readAllBytes();
                if (!Arrays.equals(content, answer)) {
                    wrong.add(content.length + " bytes came back as " + answer.length);
                }
            } catch (IOException e) {
                wrong.add(e.toString());
            }
        }
    }
}
