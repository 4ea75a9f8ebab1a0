package io.hawser.cluster.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.Digester;
import io.hawser.cluster.harness.JdkServer;
import io.hawser.cluster.harness.LbNode;
import io.hawser.cluster.harness.NumberedBytes;
import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.harness.TlsClient;
import io.hawser.cluster.harness.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A lot of bytes in one connection: they arrive as they left, and no slow reader makes the node hold them. */
@Timeout(180)
final class BulkIT {

    private static final long MIB = 1024 * 1024;

    /** Little, so that a node that holds what it should pass on can't live. */
    private static final String[] LITTLE_MEMORY = {"-Xmx64m", "-XX:MaxDirectMemorySize=64m"};

    @RegisterExtension
    final Testbed bed = new Testbed();

    @Test
    void twoGibibytesArriveAsTheyLeft() throws Exception {
        long length = 2048 * MIB;
        CompletableFuture<String> left = new CompletableFuture<>();
        LbNode node = node(bed.jdkServer("b1", "127.0.0.1", (server, socket) -> {
            socket.getOutputStream()
                    .write(("HTTP/1.1 200 OK\r\ncontent-length: " + length + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            left.complete(new NumberedBytes().writeTo(socket.getOutputStream(), length));
        }));
        long start = System.nanoTime();

        OsProcess download = bed.start(
                Tool.SH,
                "-c",
                "'%s' -sS --fail --cacert '%s' https://localhost:%d/ | '%s' dgst -sha256 -r"
                        .formatted(
                                Tool.CURL.path(),
                                bed.certificates().authority(),
                                node.address("https").getPort(),
                                Tool.OPENSSL.path()));
        assertThat(download.awaitExit(Duration.ofSeconds(150))).isZero();

        System.out.printf(
                "2 GiB in %d ms; processor time of the node %d ms, resident %d MiB%n",
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start),
                node.process().processorTime().toMillis(),
                node.process().residentBytes() / MIB);
        assertThat(download.output()).startsWith(left.get(10, TimeUnit.SECONDS) + " ");
        assertThat(node.metrics().sum("hawser_bytes_total", "direction", "out")).isGreaterThan((double) length);
        assertThat(node.complaints()).isEmpty();
    }

    @Test
    void aSlowReaderHoldsUpTheWriterAndNotTheNode() throws Exception {
        long length = 300 * MIB;
        Digester reader = Digester.slow(15);
        LbNode node = node(bed.jdkServer("b1", "127.0.0.1", reader));
        try (TlsClient.Connection connection = bed.client(node.address("https")).connect()) {
            long before = node.process().residentBytes();
            NumberedBytes bytes = new NumberedBytes();
            CompletableFuture<String> sent =
                    CompletableFuture.supplyAsync(() -> upload(bytes, length, connection.socket()));

            // Nobody reads yet: the writer must come to a stand once the kernel's buffers on the way are full.
            AtomicLong last = new AtomicLong();
            Awaitility.await("the writer comes to a stand")
                    .pollInterval(Duration.ofSeconds(1))
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> bytes.written() > 0 && last.getAndSet(bytes.written()) == bytes.written());
            assertThat(bytes.written()).as("bytes sent that nobody has read").isLessThan(64 * MIB);

            reader.begin();
            AtomicLong most = new AtomicLong();
            Awaitility.await("all is sent")
                    .pollInterval(Duration.ofMillis(100))
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> {
                        most.accumulateAndGet(node.process().residentBytes(), Math::max);
                        return sent.isDone();
                    });

            byte[] arrived = connection.socket().getInputStream().readAllBytes();
            assertThat(new String(arrived, StandardCharsets.US_ASCII)).isEqualTo(sent.join());
            System.out.printf(
                    "upload: memory of the node %d MiB before, %d MiB at most%n", before / MIB, most.get() / MIB);
            assertThat(most.get() - before).as("growth of the node's memory").isLessThan(96 * MIB);
        }
        assertThat(node.complaints()).isEmpty();
    }

    private LbNode node(JdkServer backend) throws IOException {
        Configuration configuration = new Configuration();
        configuration.listener("https").route("web");
        // The service takes any connection for a client's: no probes.
        configuration.pool("web").backends(backend).health("check", "none");
        return bed.node(configuration, LITTLE_MEMORY);
    }

    private static String upload(NumberedBytes bytes, long length, SSLSocket socket) {
        try {
            String digest = bytes.writeTo(socket.getOutputStream(), length);
            socket.shutdownOutput();
            return digest;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
