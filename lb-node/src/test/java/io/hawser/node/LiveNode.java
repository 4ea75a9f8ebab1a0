package io.hawser.node;

import static java.util.Objects.requireNonNull;

import io.hawser.config.ConfigReader;
import io.hawser.config.ConfigResult;
import io.hawser.config.Defaults;
import io.hawser.node.admin.Change;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A node in this process, with a configuration file of its own; listeners and admin.bind take port 0. */
public final class LiveNode implements AutoCloseable {

    private static final Defaults DEFAULTS = new Defaults("test-host");

    private final Path file;
    private final Node node;

    private LiveNode(Path file, Node node) {
        this.file = file;
        this.node = node;
    }

    /**
     * Starts a node; when this returns it serves.
     *
     * @param directory for its file
     * @param yaml the configuration, with a {@code node.drain-timeout} of 0s
     */
    public static LiveNode start(Path directory, String yaml) throws Exception {
        Path file = directory.resolve("lb-node.yml");
        Files.writeString(file, yaml);
        ConfigResult result = ConfigReader.read(file.toString(), yaml, DEFAULTS);
        if (!(result instanceof ConfigResult.Valid valid)) {
            throw new AssertionError(result);
        }
        return new LiveNode(
                file, Node.start(file, valid.config(), DEFAULTS, new BuildInfo("1.2.3", "0123456789ab"), () -> 7));
    }

    public Path file() {
        return file;
    }

    /** Its admin address. */
    public URI admin() {
        InetSocketAddress address = requireNonNull(node.adminAddress());
        return URI.create("http://127.0.0.1:" + address.getPort());
    }

    /** Where a listener is, by its first address. */
    public InetSocketAddress listener(String id) {
        return requireNonNull(node.dataPath().addresses().get(id)).get(0);
    }

    /** Changes the file, which the node does not know before it reloads. */
    public void write(String yaml) throws Exception {
        Files.writeString(file, yaml);
    }

    /** Reloads, as SIGHUP does. */
    public Change reload() throws Exception {
        return node.reload().get(60, TimeUnit.SECONDS);
    }

    Node node() {
        return node;
    }

    @Override
    public void close() {
        try {
            node.drainAndStop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
