package io.hawser.node.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hawser.affinity.Issuer;
import io.hawser.node.logging.AccessLog;
import io.hawser.node.logging.LogFormat;
import io.hawser.node.metrics.NodeMetrics;
import io.hawser.node.pool.PoolControl;
import io.hawser.node.pool.PoolNews;
import io.hawser.node.pool.PoolPlan;
import io.hawser.node.state.Standalone;
import io.hawser.node.transport.Transport;
import io.hawser.pool.OperatorSetting;
import io.hawser.pool.OperatorState;
import io.prometheus.client.CollectorRegistry;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A data path and its pools, wired as the node wires them, on loopback, and what it counted and logged.
 *
 * <p>When it is closed, every connection must have ended, and every place and gauge have returned to zero.
 */
final class Rig implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** On loopback a handshake takes no time. */
    private static final Duration HANDSHAKE_GRACE = Duration.ofMillis(200);

    /** Without a filter it only bounds how long accepting what waits may take, on a busy machine too. */
    private static final Duration GRACE_WITHOUT_FILTER = Duration.ofSeconds(30);

    private final CollectorRegistry registry = new CollectorRegistry();
    private final NodeMetrics metrics = new NodeMetrics(registry, "test", "test");
    private final List<String> accessLines = new CopyOnWriteArrayList<>();
    private final AccessLog accessLog = AccessLog.toStream(new Lines(), LogFormat.LOGFMT, () -> {});
    private final ExecutorService control = Executors.newSingleThreadExecutor(task -> new Thread(task, "test-control"));
    private final Map<String, PoolControl> pools = new LinkedHashMap<>();
    private final DataPath dataPath;
    private CountDownLatch released = new CountDownLatch(0);

    Rig(Transport.Choice transport) {
        this(transport, 100_000);
    }

    Rig(Transport.Choice transport, int maxConnections) {
        Transport kind = Transport.of(transport);
        dataPath = new DataPath(
                "node-1",
                kind,
                2,
                maxConnections,
                metrics,
                accessLog,
                System::nanoTime,
                (kind.kind() == Transport.Choice.NIO ? GRACE_WITHOUT_FILTER : HANDSHAKE_GRACE).toNanos(),
                42);
    }

    /** Makes pools of these names what they say; pools that are not named stay. */
    Rig pools(PoolSpec... specs) {
        onControl(() -> {
            for (PoolSpec spec : specs) {
                PoolControl pool = pools.get(spec.id());
                if (pool == null) {
                    RandomGenerator random = RandomGenerator.getDefault();
                    pools.put(spec.id(), alone(spec.plan(), random));
                } else {
                    pool.become(spec.plan());
                }
            }
            return specs;
        });
        return this;
    }

    private PoolControl alone(PoolPlan plan, RandomGenerator random) {
        PoolNews nobody = new PoolNews() {
            @Override
            public void healthChanged(PoolControl pool) {}

            @Override
            public void issuersFound(String pool, List<Issuer> found) {}
        };
        return new PoolControl(
                plan, new Standalone("node-1", "here"), "node-1", nobody, metrics, control, System::nanoTime, random);
    }

    /** Makes the listeners be exactly these. */
    Rig listen(ListenerSpec... specs) throws ListenException {
        List<ListenerSettings> settings = Arrays.stream(specs)
                .map(spec -> spec.settings(pool -> new RoutedPool(pool(pool).pool(), metrics.pool(spec.id(), pool))))
                .toList();
        var unused = dataPath.listen(settings);
        return this;
    }

    DataPath dataPath() {
        return dataPath;
    }

    NodeMetrics metrics() {
        return metrics;
    }

    PoolControl pool(String id) {
        PoolControl pool = pools.get(id);
        if (pool == null) {
            throw new AssertionError("the test has no pool " + id);
        }
        return pool;
    }

    /** Does something with a pool where it belongs, and waits. */
    <T> T onControl(java.util.concurrent.Callable<T> task) {
        return CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return task.call();
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        },
                        control)
                .join();
    }

    /** Sets a backend as an operator would; what was set of others of the pool is no more. */
    void operate(String pool, String backend, OperatorState state) {
        var unused = onControl(() -> {
            pool(pool).operated(Map.of(backend, new OperatorSetting(state, null)));
            return state;
        });
    }

    /** Where the listener's first address is bound. */
    InetSocketAddress address(String listener) {
        return addresses(listener).get(0);
    }

    List<InetSocketAddress> addresses(String listener) {
        List<InetSocketAddress> addresses = dataPath.addresses().get(listener);
        if (addresses == null) {
            throw new AssertionError("nothing is bound for listener " + listener);
        }
        return addresses;
    }

    Peer connect(String listener) throws java.io.IOException {
        return Peer.connect(address(listener));
    }

    /** Holds up every event loop, so that whatever comes waits in the kernel, until {@link #releaseEventLoops}. */
    void holdEventLoops() throws InterruptedException {
        CountDownLatch held = new CountDownLatch(dataPath.workers().size());
        CountDownLatch release = new CountDownLatch(1);
        released = release;
        for (Worker worker : dataPath.workers()) {
            worker.loop().execute(() -> {
                held.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        held.await();
    }

    void releaseEventLoops() {
        released.countDown();
    }

    /** Bytes that the node itself holds for all its connections, and the kernel has not taken yet. */
    long queuedBytes() {
        return ask(phase -> phase.unsentBytes()).stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** What each open connection is doing. */
    List<String> phases() {
        return ask(Phase::label);
    }

    private <T> List<T> ask(Function<Phase, T> question) {
        List<T> answers = new ArrayList<>();
        for (Worker worker : dataPath.workers()) {
            CompletableFuture.supplyAsync(
                            () -> worker.connections().stream()
                                    .map(connection -> question.apply(connection.phase()))
                                    .toList(),
                            worker.loop())
                    .join()
                    .forEach(answers::add);
        }
        return answers;
    }

    /** What the access log has, and no test has asked for. */
    List<String> accessLines() {
        return accessLines;
    }

    /** The value of a metric, labels in the order name, value, name, value; 0 where there is no such series. */
    double value(String metric, String... namesAndValues) {
        String[] names = new String[namesAndValues.length / 2];
        String[] values = new String[namesAndValues.length / 2];
        for (int i = 0; i < names.length; i++) {
            names[i] = namesAndValues[2 * i];
            values[i] = namesAndValues[2 * i + 1];
        }
        Double value = registry.getSampleValue(metric, names, values);
        return value == null ? 0 : value;
    }

    /** Connections that a listener counted as ended in this way. */
    int errors(String listener, String reason) {
        return (int) value("hawser_connection_errors_total", "listener", listener, "reason", reason);
    }

    /** Waits for the next connection to end, and says how; each is told once. */
    AccessLine awaitEnd() {
        await().atMost(PATIENCE).until(() -> !accessLines.isEmpty());
        return new AccessLine(accessLines.remove(0));
    }

    /** A line of the access log. */
    record AccessLine(String text) {

        /** The field's value; empty where the line has none. */
        String field(String name) {
            Matcher matcher = Pattern.compile("(?:^| )" + name + "=(?:\"((?:[^\"\\\\]|\\\\.)*)\"|(\\S*))")
                    .matcher(text);
            if (!matcher.find()) {
                return "";
            }
            return matcher.group(1) == null ? String.valueOf(matcher.group(2)) : matcher.group(1);
        }

        String ending() {
            return field("ending");
        }
    }

    private final class Lines extends OutputStream {

        private final StringBuilder line = new StringBuilder();

        @Override
        public void write(int b) {
            if (b == '\n') {
                accessLines.add(line.toString());
                line.setLength(0);
            } else {
                line.append((char) b);
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
            text.chars().forEach(this::write);
        }
    }

    /** Waits until no connection is open; fails when something is still held for one. */
    void assertNothingHeld() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(dataPath.connections())
                    .as("connections open, in %s", phases())
                    .isZero();
            assertThat(gauges()).as("gauges that should be zero").isEmpty();
        });
        onControl(() -> {
            pools.values().forEach(pool -> pool.standings()
                    .forEach(standing -> assertThat(standing.load().connections())
                            .as("places held at " + standing.backend().id())
                            .isZero()));
            return pools;
        });
    }

    /** Every gauge of open connections that is not zero. */
    private List<String> gauges() {
        List<String> open = new ArrayList<>();
        var families = registry.filteredMetricFamilySamples(name -> name.endsWith("connections_active"));
        for (Enumeration<?> all = families; all.hasMoreElements(); ) {
            io.prometheus.client.Collector.MetricFamilySamples family =
                    (io.prometheus.client.Collector.MetricFamilySamples) all.nextElement();
            family.samples.stream().filter(sample -> sample.value != 0).forEach(sample -> open.add(sample.toString()));
        }
        return open;
    }

    @Override
    public void close() {
        releaseEventLoops();
        try {
            assertNothingHeld();
        } finally {
            // As the node does when it ends: nobody comes any more, so that nothing is waited for.
            var unused = dataPath.stopListening();
            dataPath.stop();
            control.shutdown();
            accessLog.close();
        }
    }
}
