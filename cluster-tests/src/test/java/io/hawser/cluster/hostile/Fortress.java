package io.hawser.cluster.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.cluster.harness.Backend;
import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.Facts;
import io.hawser.cluster.harness.JdkServer;
import io.hawser.cluster.harness.LbNode;
import io.hawser.cluster.harness.Load;
import io.hawser.cluster.harness.Metrics;
import io.hawser.cluster.harness.Testbed;
import io.hawser.cluster.harness.TlsClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;

/**
 * A node under attack, beside which honest clients go on asking; and what must hold afterwards: every honest request was
 * answered, and nothing of the attack is left in the node.
 *
 * <p>It has little memory, and Netty's leak detector at its strictest.
 */
final class Fortress {

    static final String[] JAVA_OPTIONS = {
        "-Dio.netty.leakDetection.level=paranoid", "-Xmx96m", "-XX:MaxDirectMemorySize=96m"
    };
    private static final long MIB = 1024 * 1024;

    /** Heap, buffers, and what a JVM needs besides. */
    private static final long MAX_RESIDENT = 500 * MIB;

    /** What the heap may have grown by for good: code that ran for the first time has brought its constants. */
    private static final long MAX_HEAP_GROWTH = 12 * MIB;

    private static final long PAUSE_NANOS = 5_000_000;

    private final LbNode node;
    private final Load honest;
    private final TlsClient client;
    private final Possessions before;

    private Fortress(LbNode node, TlsClient client, Load honest, Possessions before) {
        this.node = node;
        this.client = client;
        this.honest = honest;
        this.before = before;
    }

    /** What a node has when it does nothing. */
    private record Possessions(int descriptors, double heapBytes) {

        static Possessions of(LbNode node) throws IOException {
            // This opens what stays open, too.
            node.collectGarbage();
            return new Possessions(restingDescriptors(node), Fortress.heapBytes(node));
        }
    }

    /**
     * Starts the node, with a listener and a pool {@code honest} of its own for the honest clients.
     *
     * @param configuration the rest: what is attacked
     */
    static Fortress start(Testbed bed, Configuration configuration) throws IOException, GeneralSecurityException {
        JdkServer backend = bed.jdkServer("honest");
        configuration.listener("honest").route("honest");
        // No probes: they would come and go among the sockets that are counted.
        configuration.pool("honest").backends(backend).health("check", "none");
        LbNode node = bed.node(configuration, JAVA_OPTIONS);
        TlsClient client = bed.client(node.address("honest"));
        // The first connections open what stays open.
        for (int i = 0; i < 20; i++) {
            Facts unused = client.ask();
        }
        awaitQuiet(node);
        Possessions before = Possessions.of(node);
        Load honest = bed.load("honest clients", 2, () -> {
            try (TlsClient.Connection connection = client.connect()) {
                for (int i = 0; i < 20; i++) {
                    Facts unused = connection.ask();
                    // They are to see what the attack does to them, and not to be the attack.
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        });
        return new Fortress(node, client, honest, before);
    }

    /** Has a pool of backends that are not probed. */
    static void attacked(Configuration configuration, String id, Backend... backends) {
        configuration.listener(id).route(id);
        configuration
                .pool(id)
                .withoutAffinity()
                .set("balance", "round-robin")
                .backends(backends)
                .health("check", "none");
        // Backends that misbehave are what is wanted here.
        configuration.pool(id).health("eject-after-failures", 0);
    }

    LbNode node() {
        return node;
    }

    InetSocketAddress address(String listener) {
        return node.address(listener);
    }

    double errors(String listener, String reason) {
        return node.metrics().sum("hawser_connection_errors_total", "listener", listener, "reason", reason);
    }

    /**
     * The attack is over: what must hold, holds.
     *
     * @param attacked the listeners that were attacked
     */
    void assertUnharmed(String... attacked) throws IOException, InterruptedException {
        honest.awaitMore(1);
        assertThat(honest.stop()).as("honest clients that were not served").isEmpty();
        System.out.printf(
                "honest clients: %d connections of 20 requests each, the slowest took %d ms; node resident %d MiB%n",
                honest.done(), honest.slowestMillis(), node.process().residentBytes() / MIB);
        awaitQuiet(node);
        assertAllAccountedFor("honest");
        for (String listener : attacked) {
            assertAllAccountedFor(listener);
        }
        Awaitility.await("all descriptors closed")
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(restingDescriptors(node)).isEqualTo(before.descriptors()));
        assertThat(node.process().residentBytes()).as("memory of the node").isLessThan(MAX_RESIDENT);
        // What was lost is told when it is collected and the next buffers are taken.
        node.collectGarbage();
        for (int i = 0; i < 20; i++) {
            Facts unused = client.ask();
        }
        node.collectGarbage();
        Facts unused = client.ask();
        assertThat(heapBytes(node) - before.heapBytes())
                .as("bytes of heap more than before")
                .isLessThan(MAX_HEAP_GROWTH);
        assertThat(node.complaints()).isEmpty();
    }

    /** Every connection that a listener has accepted was either carried to a backend or is counted as an error, once. */
    private void assertAllAccountedFor(String listener) {
        Metrics metrics = node.metrics();
        double carried = metrics.sum("hawser_connections_total", "listener", listener);
        double refused = metrics.sum("hawser_connection_errors_total", "listener", listener);
        assertThat(carried + refused)
                .as("%.0f carried and %.0f refused by %s", carried, refused, listener)
                .isEqualTo(metrics.sum("hawser_listener_accepted_total", "listener", listener));
    }

    /** Those that are open when nothing happens: the sockets of the last questions to the admin server are gone. */
    private static int restingDescriptors(LbNode node) {
        AtomicInteger last = new AtomicInteger();
        Awaitility.await("descriptors come and go")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .during(Duration.ofMillis(500))
                .until(() -> {
                    int now = node.process().openDescriptors();
                    return last.getAndSet(now) == now;
                });
        return last.get();
    }

    private static double heapBytes(LbNode node) {
        return node.metrics().sum("jvm_memory_used_bytes", "area", "heap");
    }

    private static void awaitQuiet(LbNode node) {
        Awaitility.await("no connection is open").atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            Metrics metrics = node.metrics();
            assertThat(metrics.sum("hawser_listener_connections_active")).isZero();
            assertThat(metrics.sum("hawser_connections_active")).isZero();
            assertThat(metrics.sum("hawser_backend_connections_active")).isZero();
        });
    }
}
