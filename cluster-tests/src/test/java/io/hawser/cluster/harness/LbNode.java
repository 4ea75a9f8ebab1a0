package io.hawser.cluster.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** One node as a process of its own, started as an operator starts it, and asked what an operator can ask. */
public final class LbNode implements AutoCloseable {

    /** Long, for a machine that does many other things at once. */
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private static final int TIMEOUT_MILLIS = (int) TIMEOUT.toMillis();

    /** A node of a test is over before the second compiler pays, and there are many on few cores. */
    private static final String SHORT_LIVED = "-XX:TieredStopAtLevel=1";

    private static final String FILE = "lb-node.yml";

    private static final Pattern RELOADED = Pattern.compile(".*msg=\"(reloaded |reload refused).*");

    /**
     * What Hazelcast calls an error, and is none: operations of nodes that have lost each other, or have just met again. On a
     * loaded machine that happens to those, too, whom nobody parts.
     */
    private static final Pattern OF_A_BROKEN_CLUSTER =
            Pattern.compile("logger=\\w*Operation msg=.*(Not Member! this: |already responseReceived)");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final OsProcess process;
    private final Place place;
    private final Path directory;
    private final URI admin;

    private LbNode(OsProcess process, Place place, Path directory) {
        this.process = process;
        this.place = place;
        this.directory = directory;
        // It names its admin address first, and that it serves last.
        process.awaitLine("msg=\"node .* serves", TIMEOUT);
        this.admin = URI.create("http://"
                + process.awaitLine("msg=\"admin listens on .*?([\\d.]+:\\d+)\"", TIMEOUT)
                        .group(1));
    }

    /**
     * Starts a node; when this returns it serves.
     *
     * @param place where it runs
     * @param distribution what the build made: {@code bin/lb-node} and the rest
     * @param directory for its configuration
     * @param limits a command of the shell that is run before the node starts, such as {@code ulimit -n 200}
     * @param javaOptions added to those of the distribution
     */
    static LbNode start(
            String name,
            Place place,
            Path distribution,
            Path directory,
            Configuration configuration,
            String limits,
            List<String> javaOptions)
            throws IOException {
        OsProcess process = launch(name, place, distribution, directory, configuration, limits, javaOptions);
        try {
            return new LbNode(process, place, directory);
        } catch (AssertionError e) {
            process.close();
            throw e;
        }
    }

    /** Starts a node that may end at once; does not wait. */
    static OsProcess launch(
            String name,
            Place place,
            Path distribution,
            Path directory,
            Configuration configuration,
            String limits,
            List<String> javaOptions)
            throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve(FILE), configuration.yaml());
        return OsProcess.start(
                name,
                place.command(List.of(
                        Tool.SH.path(),
                        "-c",
                        limits + "; exec \"$0\" run -c \"$1\"",
                        distribution.resolve("bin/lb-node").toString(),
                        directory.resolve(FILE).toString())),
                directory,
                Map.of(
                        "JAVA_HOME", System.getProperty("java.home"),
                        "HAWSER_CLASS_ARCHIVE", ClassArchive.of(distribution).toString(),
                        "HAWSER_JAVA_OPTS", SHORT_LIVED + ' ' + String.join(" ", javaOptions)));
    }

    /** The process: signals, memory, descriptors, output. */
    public OsProcess process() {
        return process;
    }

    /** Where a listener is bound first. */
    public InetSocketAddress address(String listener) {
        return addresses(listener).get(0);
    }

    /** Where a listener is bound, in the order of its configuration, with the ports that the kernel gave. */
    public List<InetSocketAddress> addresses(String listener) {
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (JsonNode one : get("/api/v1/listeners").path("listeners")) {
            if (one.path("listener").asText().equals(listener)) {
                one.path("addresses")
                        .forEach(address -> addresses.add(address(URI.create("tcp://" + address.asText()))));
            }
        }
        if (addresses.isEmpty()) {
            throw new AssertionError("the node has no listener " + listener);
        }
        return addresses;
    }

    private static InetSocketAddress address(URI uri) {
        try {
            return new InetSocketAddress(InetAddress.getByName(uri.getHost()), uri.getPort());
        } catch (IOException e) {
            throw new AssertionError("the node listens on " + uri, e);
        }
    }

    /** Where it runs. */
    public Place place() {
        return place;
    }

    /** Where the admin server is. */
    public URI admin() {
        return admin;
    }

    /** Gets JSON from the admin server. */
    public JsonNode get(String path) {
        try {
            return JSON.readTree(body(path));
        } catch (IOException e) {
            throw new AssertionError(path + " is not JSON", e);
        }
    }

    /** All metrics as they are now. */
    public Metrics metrics() {
        return Metrics.parse(body("/metrics"));
    }

    private String body(String path) {
        try {
            return place.call(() -> fetch(path));
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("cannot ask the node for " + path + ": " + e + "\n" + process.evidence(), e);
        }
    }

    private String fetch(String path) throws IOException {
        HttpURLConnection request =
                (HttpURLConnection) admin.resolve(path).toURL().openConnection(Proxy.NO_PROXY);
        request.setRequestProperty("connection", "close");
        request.setConnectTimeout(TIMEOUT_MILLIS);
        request.setReadTimeout(TIMEOUT_MILLIS);
        int status = request.getResponseCode();
        try (InputStream in = status < 400 ? request.getInputStream() : request.getErrorStream()) {
            String body = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
            if (status != 200) {
                throw new AssertionError(path + " answered " + status + ": " + body);
            }
            return body;
        }
    }

    /** Changes the file, and leaves the node alone. */
    public void write(Configuration configuration) throws IOException {
        Path next = directory.resolve("next.yml");
        Files.writeString(next, configuration.yaml());
        Files.move(next, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Changes the file, tells the node by SIGHUP, and waits until it has taken the change in. */
    public void reload(Configuration configuration) throws IOException {
        String outcome = tryReload(configuration);
        if (!outcome.contains("msg=\"reloaded ")) {
            throw new AssertionError("the node did not take the configuration: " + outcome + "\n" + process.evidence());
        }
    }

    /** Likewise, whether the node takes it or not; returns the line in which it says so. */
    public String tryReload(Configuration configuration) throws IOException {
        write(configuration);
        int from = process.lineCount();
        process.signal(OsProcess.Signal.HUP);
        return process.awaitLine(from, RELOADED, TIMEOUT).group();
    }

    /** Has it collect garbage, so that lost buffers come to light with the next ones. */
    public void collectGarbage() throws IOException {
        OsProcess jcmd = OsProcess.start(
                "jcmd",
                List.of(System.getProperty("java.home") + "/bin/jcmd", String.valueOf(process.pid()), "GC.run"),
                directory,
                Map.of());
        if (jcmd.awaitExit(TIMEOUT) != 0) {
            throw new IOException(jcmd.evidence());
        }
    }

    /** Lines of its log that no healthy node writes: errors, stack traces, lost buffers, what the JVM complains of. */
    public List<String> complaints() {
        return process.lines().stream().filter(LbNode::isComplaint).toList();
    }

    private static boolean isComplaint(String line) {
        return !OF_A_BROKEN_CLUSTER.matcher(line).find() && looksBad(line);
    }

    private static boolean looksBad(String line) {
        return line.contains("level=ERROR")
                || line.contains(" stack=")
                || line.contains("LEAK")
                || line.startsWith("\tat ")
                || line.startsWith("Exception in thread")
                || line.startsWith("#")
                || !line.startsWith("time=");
    }

    @Override
    public void close() {
        process.close();
    }
}
