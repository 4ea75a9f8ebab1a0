package io.hawser.node.connection;

import static io.hawser.node.connection.ListenerSpec.tcp;
import static io.hawser.node.connection.PoolSpec.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hawser.node.testing.LeakGate;
import io.hawser.node.transport.Transport;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.extension.ExtendWith;

/** Binding, and the end of a listening socket: nobody is let in by the kernel and then reset. */
@ExtendWith(LeakGate.class)
class ListeningTest {

    @OnEveryTransport
    void servesThoseWhoWaitInTheQueueWhenItStopsAndNobodyElse(Transport.Choice transport) throws Exception {
        for (String bind : List.of("127.0.0.1:0", "[::1]:0")) {
            try (TestServer echo = TestServer.echo();
                    Rig rig = new Rig(transport)
                            .pools(pool("web", echo))
                            .listen(tcp("a").bind(bind).to("web"))) {
                InetSocketAddress address = rig.address("a");
                List<Peer> waiting = new ArrayList<>();
                rig.holdEventLoops();
                for (int i = 0; i < 50; i++) {
                    waiting.add(Peer.connect(address));
                }
                CompletableFuture<?> closed = rig.dataPath().stopListening();
                if (transport != Transport.Choice.NIO) {
                    assertThatThrownBy(() -> connectWithin(address, 150)).isInstanceOf(SocketTimeoutException.class);
                }
                rig.releaseEventLoops();
                for (Peer peer : waiting) {
                    assertThat(peer.send("hello").readText(5)).isEqualTo("hello");
                    peer.close();
                }
                closed.join();
                assertThatThrownBy(() -> connectWithin(address, 20_000)).isInstanceOf(ConnectException.class);
            }
        }
    }

    private static void connectWithin(InetSocketAddress address, int millis) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(address, millis);
        }
    }

    @OnEveryTransport
    void keepsAnAddressThatMovesToAnotherListener(Transport.Choice transport) throws Exception {
        try (TestServer one = TestServer.named("one");
                TestServer two = TestServer.named("two");
                Rig rig = new Rig(transport).pools(pool("p1", one), pool("p2", two))) {
            String bind = "127.0.0.1:" + freePort();
            rig.listen(tcp("a").bind(bind).to("p1"));
            InetSocketAddress address = rig.address("a");
            rig.holdEventLoops();
            try (Peer waiting = Peer.connect(address)) {
                rig.listen(tcp("b").bind(bind).to("p2"));
                rig.releaseEventLoops();
                assertThat(waiting.send("x").readToEnd().text()).isEqualTo("two");
            }
            try (Peer next = Peer.connect(address)) {
                assertThat(next.send("x").readToEnd().text()).isEqualTo("two");
            }
            assertThat(rig.dataPath().addresses()).containsOnlyKeys("b");
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    @OnEveryTransport
    void aPortInUseIsAnErrorThatNamesEverythingAndChangesNothing(Transport.Choice transport) throws Exception {
        try (TestServer echo = TestServer.echo();
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Rig rig = new Rig(transport).pools(pool("web", echo)).listen(tcp("a").to("web"))) {
            InetSocketAddress before = rig.address("a");
            int free = freePort();
            String inUse = "127.0.0.1:" + taken.getLocalPort();

            assertThatThrownBy(() -> rig.listen(
                            tcp("a").to("web").maxConnections(1),
                            tcp("b").bind("127.0.0.1:" + free).to("web"),
                            tcp("c").bind(inUse).to("web")))
                    .isInstanceOf(ListenException.class)
                    .hasMessageStartingWith("listener c can't listen on " + inUse)
                    .hasMessageContaining("in use")
                    .hasMessageEndingWith("stop what listens there, or choose another port");

            assertThat(rig.dataPath().addresses()).isEqualTo(Map.of("a", List.of(before)));
            try (Peer first = Peer.connect(before);
                    Peer second = Peer.connect(before)) {
                assertThat(first.send("x").readText(1)).isEqualTo("x");
                assertThat(second.send("y").readText(1)).isEqualTo("y");
            }
            InetSocketAddress unbound = new InetSocketAddress(InetAddress.getLoopbackAddress(), free);
            assertThatThrownBy(() -> connectWithin(unbound, 20_000)).isInstanceOf(ConnectException.class);
            assertThat(rig.metrics()
                            .registry()
                            .getSampleValue(
                                    "hawser_listener_accepted_total", new String[] {"listener"}, new String[] {"b"}))
                    .isNull();
        }
    }

    @OnEveryTransport
    void doesNotShareAPortWithAnotherNode(Transport.Choice transport) throws Exception {
        String bind = "127.0.0.1:" + freePort();
        try (TestServer echo = TestServer.echo();
                Rig first = new Rig(transport)
                        .pools(pool("web", echo))
                        .listen(tcp("a").bind(bind).to("web"));
                Rig second = new Rig(transport).pools(pool("web", echo))) {
            assertThatThrownBy(() -> second.listen(tcp("b").bind(bind).to("web")))
                    .isInstanceOf(ListenException.class)
                    .hasMessageContainingAll("listener b", bind, "in use");
            try (Peer client = first.connect("a")) {
                assertThat(client.send("x").readText(1)).isEqualTo("x");
            }
        }
    }

    @OnEveryTransport
    void leavesNoDescriptorBehindWhenABindFails(Transport.Choice transport) throws Exception {
        try (TestServer echo = TestServer.echo();
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Rig rig = new Rig(transport).pools(pool("web", echo))) {
            String inUse = "127.0.0.1:" + taken.getLocalPort();
            ThrowingCallable bind = () -> rig.listen(tcp("c").bind(inUse).to("web"));
            assertThatThrownBy(bind).isInstanceOf(ListenException.class);
            long before = openFiles();
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(bind).isInstanceOf(ListenException.class);
            }
            await().atMost(Rig.PATIENCE)
                    .untilAsserted(() -> assertThat(openFiles()).isLessThan(before + 5));
        }
    }

    private static long openFiles() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    /** What clients saw that connected, one after the other, while something happened to the listener. */
    private static final class Outcomes {
        final AtomicInteger served = new AtomicInteger();
        final AtomicInteger turnedAway = new AtomicInteger();
        final List<String> betrayed = java.util.Collections.synchronizedList(new ArrayList<>());
    }

    /** Connects in a tight loop until told to stop; each connection that is let in must be served. */
    private static Callable<Void> client(InetSocketAddress address, Outcomes outcomes, AtomicBoolean stop) {
        return () -> {
            while (!stop.get()) {
                try (Socket socket = new Socket()) {
                    try {
                        socket.connect(address, 300);
                    } catch (ConnectException | SocketTimeoutException e) {
                        outcomes.turnedAway.incrementAndGet();
                        continue;
                    }
                    Peer peer = new Peer(socket);
                    peer.send("hello");
                    if (peer.readText(5).equals("hello")) {
                        outcomes.served.incrementAndGet();
                    }
                    // Closed by the server first would leave the client's port in TIME_WAIT; a reset leaves nothing.
                    peer.reset();
                } catch (IOException e) {
                    outcomes.betrayed.add(e.toString());
                }
            }
            return null;
        };
    }

    private interface Change {
        void make(Rig rig) throws Exception;
    }

    private static Outcomes through(Transport.Choice transport, String bind, Change change) throws Exception {
        Outcomes outcomes = new Outcomes();
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService clients = Executors.newCachedThreadPool();
        try (TestServer echo = TestServer.echo();
                Rig rig = new Rig(transport)
                        .pools(pool("web", echo))
                        .listen(tcp("a").bind(bind).to("web"), tcp("other").to("web"))) {
            List<Future<Void>> running = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                running.add(clients.submit(client(rig.address("a"), outcomes, stop)));
            }
            await().atMost(Rig.PATIENCE).until(() -> outcomes.served.get() > 100);
            change.make(rig);
            int before = outcomes.turnedAway.get();
            await().atMost(Rig.PATIENCE).until(() -> outcomes.turnedAway.get() > before + 3);
            stop.set(true);
            for (Future<Void> client : running) {
                client.get();
            }
        } finally {
            stop.set(true);
            clients.shutdownNow();
        }
        return outcomes;
    }

    @OnEveryTransport
    void letsNobodyInWhomItThenResetsWhenItStops(Transport.Choice transport) throws Exception {
        assumeTrue(transport != Transport.Choice.NIO, "the JDK can't make a socket deaf to handshakes");
        for (String bind : List.of("127.0.0.1:0", "[::1]:0")) {
            Outcomes outcomes = through(
                    transport, bind, rig -> rig.dataPath().stopListening().join());

            assertThat(outcomes.betrayed).as("through the stop of %s", bind).isEmpty();
        }
    }

    @OnEveryTransport
    void letsNobodyInWhomItThenResetsWhenAReloadRemovesIt(Transport.Choice transport) throws Exception {
        assumeTrue(transport != Transport.Choice.NIO, "the JDK can't make a socket deaf to handshakes");
        Outcomes outcomes =
                through(transport, "127.0.0.1:0", rig -> rig.listen(tcp("other").to("web")));

        assertThat(outcomes.betrayed).isEmpty();
    }
}
