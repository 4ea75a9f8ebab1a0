package io.hawser.node.connection;

import static io.hawser.node.connection.ListenerSpec.tcp;
import static io.hawser.node.connection.PoolSpec.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hawser.node.testing.LeakGate;
import io.hawser.node.transport.Transport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.ExtendWith;

/** Ends, resets and back-pressure pass through as they came, and no byte is lost by them. */
@ExtendWith(LeakGate.class)
class RelayTest {

    private static final int SMALL_BUFFER = 16 * 1024;

    /** What the node may hold for one direction: the high water mark and one read. */
    private static final long MOST_HELD = 64 * 1024 + 64 * 1024;

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static Rig rig(Transport.Choice transport, TestServer backend) throws Exception {
        return new Rig(transport).pools(pool("p", backend)).listen(tcp("l").to("p"));
    }

    /** Netty 4.2.18 on Linux 6.18 now and then never hears that a half-closed socket is writable again. */
    private static void requireLastingPolls(Transport.Choice transport) {
        assumeTrue(transport != Transport.Choice.IO_URING, "io_uring may lose the wake-up of a half-closed socket");
    }

    // Ends.

    @OnEveryTransport
    void theServerMayEndFirstAndStillBeSentTo(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.manual();
                Rig rig = rig(transport, backend);
                Peer client = rig.connect("l");
                Peer server = backend.take()) {
            server.send("bye").halfClose();
            assertThat(client.readToEnd().text()).isEqualTo("bye");
            client.send("late").halfClose();
            assertThat(server.readToEnd()).isEqualTo(new Peer.Ended("late", false));
            assertThat(rig.awaitEnd().ending()).isEqualTo("done");
        }
    }

    @OnEveryTransport
    void theClientMayEndFirstAndStillGetsItsAnswer(Transport.Choice transport) throws Exception {
        byte[] answer = random(3_000_000);
        try (TestServer backend = TestServer.manual();
                Rig rig = rig(transport, backend);
                Peer client = rig.connect("l");
                Peer server = backend.take()) {
            client.send("question").halfClose();
            assertThat(server.readToEnd()).isEqualTo(new Peer.Ended("question", false));
            CompletableFuture<Peer> sending = sending(server, answer);
            Peer.Ended got = client.readToEnd();
            sending.join();
            assertThat(got.reset()).isFalse();
            assertThat(got.bytes()).isEqualTo(answer);
            assertThat(rig.awaitEnd().ending()).isEqualTo("done");
        }
    }

    private static CompletableFuture<Peer> sending(Peer peer, byte[] bytes) {
        return Peer.inBackground(() -> {
            try (peer) {
                return peer.send(bytes);
            }
        });
    }

    @OnEveryTransport
    void theClientMayEndFirstAndBeSlowToReadItsAnswer(Transport.Choice transport) throws Exception {
        requireLastingPolls(transport);
        byte[] answer = random(9_000_000);
        try (TestServer backend = TestServer.manual();
                Rig rig = rig(transport, backend);
                Peer client = Peer.connect(rig.address("l"), null, SMALL_BUFFER);
                Peer server = backend.take()) {
            client.send("question").halfClose();
            assertThat(server.readToEnd()).isEqualTo(new Peer.Ended("question", false));
            CompletableFuture<Peer> sending = sending(server, answer);
            awaitStandstill(rig, "out");
            Peer.Ended got = client.readToEnd();
            sending.join();
            assertThat(got.bytes())
                    .as("of %s", rig.accessLines())
                    .hasSize(answer.length)
                    .isEqualTo(answer);
            assertThat(got.reset()).isFalse();
        }
    }

    @OnEveryTransport
    void losesNothingWhenTheServerClosesLongBeforeASlowClientHasReadAll(Transport.Choice transport) throws Exception {
        byte[] answer = random(9_000_000);
        try (TestServer backend = TestServer.manual();
                Rig rig = rig(transport, backend);
                Peer client = Peer.connect(rig.address("l"), null, SMALL_BUFFER);
                Peer server = backend.take()) {
            CompletableFuture<Peer> sending = sending(server, answer);
            awaitStandstill(rig, "out");
            assertThat(rig.queuedBytes()).isBetween(1L, MOST_HELD);
            Peer.Ended got = client.readToEnd();
            sending.join();
            assertThat(got.reset()).isFalse();
            assertThat(got.bytes()).isEqualTo(answer);
            client.socket().close();
            assertThat(rig.awaitEnd().ending()).isEqualTo("done");
        }
    }

    @OnEveryTransport
    void losesNothingWhenTheClientClosesLongBeforeASlowServerHasReadAll(Transport.Choice transport) throws Exception {
        byte[] upload = random(9_000_000);
        try (TestServer backend = TestServer.manual(SMALL_BUFFER);
                Rig rig = rig(transport, backend);
                Peer client = rig.connect("l");
                Peer server = backend.take()) {
            CompletableFuture<Peer> sending = sending(client, upload);
            awaitStandstill(rig, "in");
            assertThat(rig.queuedBytes()).isBetween(1L, MOST_HELD);
            Peer.Ended got = server.readToEnd();
            sending.join();
            assertThat(got.reset()).isFalse();
            assertThat(got.bytes()).isEqualTo(upload);
        }
    }

    /** Waits until no more bytes go through, in one direction. */
    private static void awaitStandstill(Rig rig, String direction) {
        double[] last = {-1};
        await().atMost(Rig.PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> {
            double now = bytes(rig, direction);
            boolean still = now > 0 && now == last[0];
            last[0] = now;
            return still;
        });
    }

    private static double bytes(Rig rig, String direction) {
        return rig.value("hawser_bytes_total", "pool", "p", "backend", "b1", "direction", direction);
    }

    @OnEveryTransport
    void aSocketThatIsDoneBothWaysDoesNotKeepTheLoopBusyWhileTheOtherIsSlow(Transport.Choice transport)
            throws Exception {
        requireLastingPolls(transport);
        byte[] upload = random(8_000_000);
        try (TestServer backend = TestServer.manual(SMALL_BUFFER);
                Rig rig = rig(transport, backend);
                Peer client = rig.connect("l");
                Peer server = backend.take()) {
            server.halfClose();
            assertThat(client.readToEnd().reset()).isFalse();
            CompletableFuture<Peer> sending = sending(client, upload);
            awaitStandstill(rig, "in");
            assertThat(busy()).as("share of a core").isLessThan(0.5);
            Peer.Ended got = server.readToEnd();
            assertThat(got.bytes())
                    .as("of %s", rig.accessLines())
                    .hasSize(upload.length)
                    .isEqualTo(upload);
            sending.join();
        }
    }

    /** How much of a core the event loops take. */
    private static double busy() {
        long cpu = workerCpuNanos();
        long start = System.nanoTime();
        // Time is what is measured here.
        await().pollDelay(Duration.ofMillis(400)).until(() -> true);
        return (double) (workerCpuNanos() - cpu) / (System.nanoTime() - start);
    }

    private static long workerCpuNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long sum = 0;
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("worker-")) {
                sum += Math.max(0, threads.getThreadCpuTime(thread.getId()));
            }
        }
        return sum;
    }

    // Resets.

    @OnEveryTransport
    void aResetByTheClientReachesTheServerAsOne(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.manual();
                Rig rig = rig(transport, backend);
                Peer client = rig.connect("l");
                Peer server = backend.take()) {
            client.send("half a requ");
            assertThat(server.readText(11)).isEqualTo("half a requ");
            client.reset();
            assertThat(server.readToEnd()).isEqualTo(new Peer.Ended("", true));
            assertThat(rig.awaitEnd().ending()).isEqualTo("client-reset");
        }
    }

    @OnEveryTransport
    void aResetByTheServerReachesTheClientAsOne(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.manual();
                Rig rig = rig(transport, backend);
                Peer client = rig.connect("l");
                Peer server = backend.take()) {
            server.send("half an answ");
            assertThat(client.readText(12)).isEqualTo("half an answ");
            server.reset();
            assertThat(client.readToEnd()).isEqualTo(new Peer.Ended("", true));
            assertThat(rig.awaitEnd().ending()).isEqualTo("backend-reset");
        }
    }

    @OnEveryTransport
    void aResetStaysBehindTheBytesThatCameBeforeIt(Transport.Choice transport) throws Exception {
        // Less than the node takes at once, more than the client's kernel does.
        byte[] answer = random(400_000);
        try (TestServer backend = TestServer.manual();
                Rig rig = rig(transport, backend);
                Peer client = Peer.connect(rig.address("l"), null, SMALL_BUFFER);
                Peer server = backend.take()) {
            server.send(answer);
            await().atMost(Rig.PATIENCE).until(() -> bytes(rig, "out") == answer.length);
            server.reset();
            await().atMost(Rig.PATIENCE).until(() -> !rig.phases().contains("relay"));
            Peer.Ended got = client.readToEnd();
            // The kernel alone knows what has arrived, and tells the JDK's transport nothing.
            if (transport != Transport.Choice.NIO) {
                assertThat(got.bytes()).isEqualTo(answer);
            }
            assertThat(got.reset()).isTrue();
            assertThat(rig.awaitEnd().ending()).isEqualTo("backend-reset");
        }
    }

    @OnEveryTransport
    void aResetIsSeenThoughItsSenderIsNotReadForBackPressure(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.manual();
                Rig rig = rig(transport, backend);
                Peer client = Peer.connect(rig.address("l"), null, SMALL_BUFFER);
                Peer server = backend.take()) {
            CompletableFuture<Peer> sending = sending(server, random(9_000_000)).exceptionally(e -> null);
            awaitStandstill(rig, "out");
            client.reset();
            sending.join();
            assertThat(rig.awaitEnd().ending()).isEqualTo("client-reset");
        }
    }

    @OnEveryTransport
    void aResetBehindTheClientsEndIsSeen(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.manual();
                Rig rig = rig(transport, backend);
                Peer client = rig.connect("l");
                Peer server = backend.take()) {
            client.send("x").halfClose();
            assertThat(server.readToEnd().text()).isEqualTo("x");
            client.reset();
            if (transport == Transport.Choice.NIO) {
                // Nothing but a write tells the JDK's transport.
                await().atMost(Rig.PATIENCE).until(() -> refusesToSend(server));
            }
            assertThat(rig.awaitEnd().ending()).isEqualTo("client-reset");
            // Its input has ended before, so that a reset shows by what it sends.
            await().atMost(Rig.PATIENCE).until(() -> refusesToSend(server));
        }
    }

    private static boolean refusesToSend(Peer peer) {
        try {
            peer.send("is anybody there?");
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @OnEveryTransport
    void aResetBehindTheServersEndIsSeen(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.manual();
                Rig rig = rig(transport, backend);
                Peer client = rig.connect("l");
                Peer server = backend.take()) {
            server.send("x").halfClose();
            assertThat(client.readToEnd().text()).isEqualTo("x");
            // It closes with unread bytes: a reset.
            client.send("unread");
            await().atMost(Rig.PATIENCE)
                    .until(() -> server.socket().getInputStream().available() == 6);
            server.socket().close();
            if (transport != Transport.Choice.NIO) {
                assertThat(rig.awaitEnd().ending()).isEqualTo("backend-reset");
            }
        }
    }

    // Back-pressure and idleness.

    @OnEveryTransport
    void bothSidesMaySendAtOnceAndReadLater(Transport.Choice transport) throws Exception {
        requireLastingPolls(transport);
        byte[] up = random(9_000_000);
        byte[] down = random(8_500_000);
        try (TestServer backend = TestServer.manual(SMALL_BUFFER);
                Rig rig = rig(transport, backend);
                Peer client = Peer.connect(rig.address("l"), null, SMALL_BUFFER);
                Peer server = backend.take()) {
            CompletableFuture<Peer> uploading =
                    Peer.inBackground(() -> client.send(up).halfClose());
            CompletableFuture<Peer> downloading =
                    Peer.inBackground(() -> server.send(down).halfClose());
            awaitStandstill(rig, "in");
            awaitStandstill(rig, "out");
            assertThat(rig.queuedBytes()).isBetween(1L, 2 * MOST_HELD);
            CompletableFuture<Peer.Ended> atServer = Peer.inBackground(server::readToEnd);
            assertThat(client.readToEnd().bytes()).isEqualTo(down);
            assertThat(atServer.join().bytes()).isEqualTo(up);
            uploading.join();
            downloading.join();
        }
    }
}
