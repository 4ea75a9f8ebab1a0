package io.hawser.node.demo;

import io.hawser.node.admin.AffinityPage;
import io.hawser.node.admin.VipPage;
import io.hawser.node.lbctl.Failure;
import io.hawser.node.lbctl.NodeApi;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What runs: ZooKeeper and backends in this process, and each node in one of its own. One thread, but for the nodes. */
final class Stage implements AutoCloseable {

    static final int BACKENDS = 3;

    /** What a node answers at once, or not at all since it was killed. */
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private static final Duration START_TIMEOUT = Duration.ofMinutes(3);
    private static final long TICK_MILLIS = 200;

    private final DemoNetwork network;
    private final NodeFile files;
    private final int count;
    private final boolean affinity;
    private final Path distribution;
    private final Path directory;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<NodeProcess> nodes = new ArrayList<>();

    Stage(DemoNetwork network, DemoSettings settings, Path directory) {
        this.network = network;
        this.files = new NodeFile(network, settings.nodes(), BACKENDS, settings.affinity());
        this.count = settings.nodes();
        this.affinity = settings.affinity();
        this.distribution = settings.distribution();
        this.directory = directory;
    }

    void startZooKeeper() throws IOException, InterruptedException {
        open.add(EmbeddedZooKeeper.start(network.zooKeeper(), directory.resolve("zookeeper")));
    }

    void startBackends(Certificates certificates) throws IOException, GeneralSecurityException {
        for (int i = 1; i <= BACKENDS; i++) {
            open.add(TlsBackend.start(NodeFile.backend(i), network.backend(i), certificates.server()));
            // Java's servers make their ticket key at the first handshake, and several when several come at once, as
            // probes
            // of the nodes may: then their tickets do not begin alike.
            Visit first = new TlsClient(
                            SessionKind.TLS13_TICKET,
                            certificates.client(true),
                            network,
                            network.backend(i),
                            network.resident(i),
                            new Random())
                    .visit();
            if (!(first instanceof Visit.Answered)) {
                throw new IOException("the backend at " + DemoNetwork.text(network.backend(i)) + " does not answer");
            }
        }
    }

    /**
     * Starts all nodes; they do not serve yet.
     *
     * @param firstOption one more option of the first one's JVM, which then takes its classes from no archive; may be empty
     */
    void startNodes(String firstOption) throws IOException {
        for (int i = 1; i <= count; i++) {
            Path file = directory.resolve(NodeFile.node(i) + ".yml");
            Files.writeString(file, files.of(i));
            nodes.add(NodeProcess.start(
                    NodeFile.node(i),
                    distribution,
                    file,
                    directory.resolve(NodeFile.node(i) + ".log"),
                    i == 1 ? firstOption : ""));
        }
    }

    List<NodeProcess> nodes() {
        return nodes;
    }

    /** The admin address of a node. */
    URI admin(String node) {
        return URI.create("http://" + DemoNetwork.text(network.admin(number(node))));
    }

    /**
     * Waits until all nodes serve, one has the VIP, and all know the backends' session tickets.
     *
     * @param news told what is missing, for people, whenever that changes
     * @throws IOException when a node has ended, or it takes minutes
     */
    void awaitReady(Consumer<String> news) throws IOException, InterruptedException {
        long start = System.nanoTime();
        String said = "";
        for (String missing = missing(); missing != null; missing = missing()) {
            for (NodeProcess node : nodes) {
                if (!node.isAlive()) {
                    throw new IOException(node.id() + " ended at its start; " + node.log() + " says why");
                }
            }
            if (System.nanoTime() - start > START_TIMEOUT.toNanos()) {
                throw new IOException("not ready after " + START_TIMEOUT.toSeconds() + " s: " + missing);
            }
            if (!missing.equals(said)) {
                news.accept(missing);
                said = missing;
            }
            Thread.sleep(TICK_MILLIS);
        }
    }

    private @Nullable String missing() throws InterruptedException {
        int ready = 0;
        String missing = null;
        for (NodeProcess node : nodes) {
            String own = missing(node);
            ready += own == null ? 1 : 0;
            missing = missing == null ? own : missing;
        }
        return missing == null ? null : ready + " of " + count + " nodes are ready; " + missing;
    }

    private @Nullable String missing(NodeProcess node) throws InterruptedException {
        NodeApi api = api(node);
        try {
            VipPage vips = api.vips().value();
            long candidates =
                    vips.nodes().stream().filter(VipPage.Candidate::ready).count();
            if (candidates < count) {
                return node.id() + " knows of " + candidates + " ready nodes";
            }
            if (owner(vips) == null) {
                return "nobody has the VIP";
            }
            AffinityPage page = api.affinity(Map.of("pool", NodeFile.POOL)).value();
            long named = page.tickets().stream()
                    .filter(backend -> backend.tickets().equals("named"))
                    .count();
            return affinity && named < BACKENDS
                    ? node.id() + " knows the session tickets of " + named + " of " + BACKENDS + " backends"
                    : null;
        } catch (Failure e) {
            return node.id() + " starts";
        }
    }

    /** The node that has the VIP, as those that live see it; null when none has, or none says. */
    @Nullable String owner() throws InterruptedException {
        for (NodeProcess node : nodes) {
            if (node.isAlive()) {
                try {
                    return owner(api(node).vips().value());
                } catch (Failure e) {
                    // It has just ended: the next one knows.
                }
            }
        }
        return null;
    }

    private static @Nullable String owner(VipPage vips) {
        return vips.vips().isEmpty() ? null : vips.vips().get(0).owner();
    }

    /** Kills the node. */
    void kill(String id) {
        nodes.stream().filter(node -> node.id().equals(id)).forEach(NodeProcess::kill);
    }

    /** A node that lives and is not this one. */
    String another(String id) {
        return nodes.stream()
                .filter(node -> node.isAlive() && !node.id().equals(id))
                .map(NodeProcess::id)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no node is left beside " + id));
    }

    /** Moves the VIP as an operator does; returns once that is in force. */
    void moveVip(String to) throws Failure, InterruptedException {
        NodeProcess node =
                nodes.stream().filter(one -> one.id().equals(to)).findFirst().orElseThrow();
        var unused = api(node).moveVip(NodeFile.VIP, to);
    }

    private NodeApi api(NodeProcess node) {
        return new NodeApi(admin(node.id()), null, null, ANSWER);
    }

    private int number(String node) {
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).id().equals(node)) {
                return i + 1;
            }
        }
        throw new IllegalArgumentException("no node " + node);
    }

    /** Ends all, the nodes first. */
    @Override
    public void close() throws IOException {
        nodes.forEach(NodeProcess::kill);
        nodes.forEach(NodeProcess::close);
        for (AutoCloseable one : open) {
            try {
                one.close();
            } catch (Exception e) {
                throw new IOException("cannot end a part of the demonstration: " + e.getMessage(), e);
            }
        }
    }
}
