package io.hawser.node.connection;

import static io.hawser.node.connection.ListenerSpec.tcp;
import static io.hawser.node.connection.PoolSpec.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hawser.node.testing.LeakGate;
import io.hawser.node.transport.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.ExtendWith;

/** A connection on which nothing moves is ended, and one on which something does is not. */
@ExtendWith(LeakGate.class)
class IdleTest {

    private static final int SMALL_BUFFER = 16 * 1024;

    private static Rig rig(Transport.Choice transport, TestServer backend, Duration idleTimeout) throws Exception {
        return new Rig(transport)
                .pools(pool("p", backend).idleTimeout(idleTimeout))
                .listen(tcp("l").to("p"));
    }

    @OnEveryTransport
    void aSilentConnectionIsEndedInOrderOnBothSides(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.manual();
                Rig rig = rig(transport, backend, Duration.ofSeconds(1));
                Peer client = rig.connect("l");
                Peer server = backend.take()) {
            long start = System.nanoTime();
            client.send("x");
            assertThat(server.readText(1)).isEqualTo("x");
            assertThat(client.readToEnd()).isEqualTo(new Peer.Ended("", false));
            assertThat(server.readToEnd()).isEqualTo(new Peer.Ended("", false));
            // The clock by which activity is known is read every 50 ms.
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(940));
            Rig.AccessLine end = rig.awaitEnd();
            assertThat(end.ending()).isEqualTo("idle-timeout");
            assertThat(end.field("ended_by")).isEqualTo("node");
        }
    }

    @OnEveryTransport
    void aReaderThatStandsStillIsEndedByAResetSinceBytesAreLost(Transport.Choice transport) throws Exception {
        try (TestServer backend = TestServer.manual();
                Rig rig = rig(transport, backend, Duration.ofMillis(1500));
                Peer client = Peer.connect(rig.address("l"), null, SMALL_BUFFER);
                Peer server = backend.take()) {
            CompletableFuture<Boolean> sending = Peer.inBackground(() -> {
                try {
                    server.send(new byte[20_000_000]);
                    return false;
                } catch (IOException e) {
                    return true;
                }
            });
            assertThat(rig.awaitEnd().ending()).isEqualTo("idle-timeout");
            assertThat(sending.join()).as("the sender is told").isTrue();
            Peer.Ended got = client.readToEnd();
            assertThat(got.reset()).as("the reader is told").isTrue();
            assertThat(got.text().length()).isLessThan(20_000_000);
        }
    }

    @OnEveryTransport
    void aSlowReaderIsNotIdleWhileTheKernelStillHasSomethingForIt(Transport.Choice transport) throws Exception {
        assumeTrue(
                transport == Transport.Choice.EPOLL, "one is enough; of the JDK's transport the kernel is not asked");
        Duration idleTimeout = Duration.ofSeconds(2);
        try (TestServer backend = TestServer.manual();
                Rig rig = rig(transport, backend, idleTimeout);
                Peer client = Peer.connect(rig.address("l"), null, SMALL_BUFFER);
                Peer server = backend.take()) {
            server.send(new byte[400_000]);
            await().atMost(Rig.PATIENCE)
                    .until(() -> rig.value("hawser_bytes_total", "pool", "p", "backend", "b1", "direction", "out")
                            == 400_000);
            int read = 0;
            while (rig.queuedBytes() > 0) {
                read += client.read(4096).length;
            }
            // From here on the node itself has nothing to do, for longer than the timeout.
            long start = System.nanoTime();
            while (System.nanoTime() - start < idleTimeout.plusMillis(700).toNanos()) {
                read += client.read(4096).length;
                await().pollDelay(Duration.ofMillis(100)).until(() -> true);
            }
            assertThat(read).as("slow enough to last").isLessThan(400_000 - 2 * SMALL_BUFFER);
            assertThat(client.read(400_000 - read)).hasSize(400_000 - read);
            client.send("more");
            assertThat(server.readText(4)).isEqualTo("more");
        }
    }
}
