package io.hawser.cluster.harness;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Where a test's nodes, servers and clients run: starts them, ends them in the reverse order, and prints what they said
 * when the test fails.
 *
 * <p>As a static field with {@code @RegisterExtension} it lives for the class, as an instance field for each test. A test
 * has directories of its own below the build's, which stay behind for a look.
 */
public final class Testbed
        implements BeforeAllCallback,
                BeforeEachCallback,
                AfterTestExecutionCallback,
                AfterEachCallback,
                AfterAllCallback,
                AutoCloseable {

    private static final Duration TOOL_TIMEOUT = Duration.ofMinutes(1);
    private static final ExtensionContext.Namespace SHARED = ExtensionContext.Namespace.create(Testbed.class);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final List<OsProcess> processes = new CopyOnWriteArrayList<>();
    private boolean livesForClass;
    private @Nullable Path directory;
    private @Nullable Certificates certificates;

    /**
     * One without a test, for a program: it has a directory of its own below the one for work, and lives until it is
     * closed.
     */
    public static Testbed alone(String name) throws IOException {
        Testbed bed = new Testbed();
        Path work = property("hawser.work").resolve(name);
        delete(work);
        bed.directory = Files.createDirectories(work);
        bed.certificates = make(work);
        return bed;
    }

    /** What its processes said last, for when something has failed. */
    public String evidence() {
        return processes.stream().map(OsProcess::evidence).collect(Collectors.joining("\n"));
    }

    @Override
    public void close() throws IOException {
        try {
            closeAll();
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        livesForClass = true;
        open(context, context.getRequiredTestClass().getSimpleName());
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        if (!livesForClass) {
            open(
                    context,
                    context.getRequiredTestClass().getSimpleName() + "."
                            + context.getRequiredTestMethod().getName());
        }
    }

    private void open(ExtensionContext context, String name) throws IOException {
        Path work = property("hawser.work");
        directory = work.resolve(name);
        delete(directory);
        Files.createDirectories(directory);
        // Once for all classes: making them takes a while.
        certificates = context.getRoot()
                .getStore(SHARED)
                .getOrComputeIfAbsent(Certificates.class, type -> make(work), Certificates.class);
    }

    private static Certificates make(Path work) {
        try {
            delete(work.resolve("certificates"));
            return Certificates.make(work.resolve("certificates"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            System.out.println("==== " + context.getDisplayName() + " failed; its processes:");
            System.out.println(evidence());
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        if (!livesForClass) {
            closeAll();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        closeAll();
    }

    private void closeAll() throws Exception {
        Exception failed = null;
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                if (failed == null) {
                    failed = e;
                } else {
                    failed.addSuppressed(e);
                }
            }
        }
        processes.clear();
        if (failed != null) {
            throw failed;
        }
    }

    /** Has something closed at the end, before all that was there before it. */
    public <T extends AutoCloseable> T closing(T resource) {
        opened.push(resource);
        return resource;
    }

    /** A directory of the test's own; it exists. */
    public Path directory(String name) throws IOException {
        if (directory == null) {
            throw new IllegalStateException("no test runs");
        }
        return Files.createDirectories(directory.resolve(name));
    }

    public Certificates certificates() {
        if (certificates == null) {
            throw new IllegalStateException("no test runs");
        }
        return certificates;
    }

    /** Starts a node; when this returns it serves. */
    public LbNode node(Configuration configuration, String... javaOptions) throws IOException {
        return node("lb1", configuration, ":", javaOptions);
    }

    /**
     * Starts a node under limits.
     *
     * @param limits a command of the shell that is run before the node starts, such as {@code ulimit -n 200}
     */
    public LbNode node(String name, Configuration configuration, String limits, String... javaOptions)
            throws IOException {
        return node(name, Place.HERE, configuration, limits, javaOptions);
    }

    /** Likewise, somewhere else. */
    public LbNode node(String name, Place place, Configuration configuration, String limits, String... javaOptions)
            throws IOException {
        LbNode node = LbNode.start(
                name,
                place,
                property("hawser.distribution"),
                directory(name),
                configuration,
                limits,
                List.of(javaOptions));
        processes.add(node.process());
        return closing(node);
    }

    /** Starts a node that may refuse to start; does not wait. */
    public OsProcess startNode(String name, Configuration configuration) throws IOException {
        OsProcess process = LbNode.launch(
                name, Place.HERE, property("hawser.distribution"), directory(name), configuration, ":", List.of());
        processes.add(process);
        return closing(process);
    }

    /** Starts a ZooKeeper server. */
    public ZooKeeper zooKeeper() throws IOException {
        ZooKeeper zooKeeper = new ZooKeeper(directory("zookeeper"));
        processes.add(zooKeeper.process());
        return closing(zooKeeper);
    }

    /** Starts one somewhere else, on an address of that place's. */
    public ZooKeeper zooKeeper(Place place, String address) throws IOException {
        ZooKeeper zooKeeper = new ZooKeeper(directory("zookeeper"), place, InetAddress.getByName(address));
        processes.add(zooKeeper.process());
        return closing(zooKeeper);
    }

    /**
     * Starts the servers of a ZooKeeper ensemble, each somewhere else; when this returns they serve.
     *
     * @param places by an address of each
     */
    public List<ZooKeeper> zooKeepers(Map<String, Place> places) throws IOException {
        List<InetAddress> addresses = new ArrayList<>();
        for (String address : places.keySet()) {
            addresses.add(InetAddress.getByName(address));
        }
        List<ZooKeeper> servers = new ArrayList<>();
        for (Place place : places.values()) {
            int number = servers.size() + 1;
            ZooKeeper server = ZooKeeper.member(directory("zookeeper" + number), place, number, addresses);
            processes.add(server.process());
            servers.add(closing(server));
        }
        Awaitility.await("the ensemble serves").atMost(TOOL_TIMEOUT).until(() -> servers.stream()
                .noneMatch(server -> server.role().isEmpty()));
        return servers;
    }

    /** Runs lbctl against a node to its end, whether it succeeds or fails. */
    public OsProcess lbctl(LbNode node, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                property("hawser.distribution").resolve("bin/lbctl").toString(),
                "--node",
                node.admin().toString()));
        command.addAll(List.of(arguments));
        OsProcess process = closing(OsProcess.start(
                "lbctl",
                node.place().command(command),
                directory("lbctl"),
                Map.of("JAVA_HOME", System.getProperty("java.home"))));
        var unused = process.awaitExit(TOOL_TIMEOUT);
        return process;
    }

    /** Starts nginx. */
    public Nginx nginx(String id) throws IOException {
        return nginx(id, "");
    }

    /** Starts nginx with more directives of its server. */
    public Nginx nginx(String id, String more) throws IOException {
        ReservedPort port = ReservedPort.on(InetAddress.getLoopbackAddress());
        return nginx(id, Place.HERE, port, more);
    }

    /** Starts nginx somewhere else, on an address of that place's. */
    public Nginx nginx(String id, Place place, String address) throws Exception {
        return nginx(id, place, place.call(() -> ReservedPort.on(InetAddress.getByName(address))), "");
    }

    private Nginx nginx(String id, Place place, ReservedPort port, String more) throws IOException {
        Nginx nginx = new Nginx(id, directory(id), place, port, certificates(), more);
        processes.add(nginx.process());
        return closing(nginx);
    }

    /** Starts {@code openssl s_server}. */
    public OpensslServer opensslServer(String id, String... arguments) throws IOException {
        OpensslServer server = new OpensslServer(id, directory(id), certificates(), List.of(arguments));
        processes.add(server.process());
        return closing(server);
    }

    /** Starts {@code gnutls-serv}. */
    public GnutlsServer gnutlsServer(String id, String... arguments) throws IOException {
        GnutlsServer server = new GnutlsServer(id, directory(id), certificates(), List.of(arguments));
        processes.add(server.process());
        return closing(server);
    }

    /** Starts an HTTPS server inside the test, which answers with the facts of each connection. */
    public JdkServer jdkServer(String id) throws IOException, GeneralSecurityException {
        return jdkServer(id, "127.0.0.1");
    }

    /** Likewise, on another address of this machine. */
    public JdkServer jdkServer(String id, String host) throws IOException, GeneralSecurityException {
        return jdkServer(id, host, new HttpService());
    }

    /** Likewise, with a server that keeps its sessions itself: its tickets are random numbers. */
    public JdkServer statefulJdkServer(String id, String host) throws IOException, GeneralSecurityException {
        return closing(new JdkServer(
                id, InetAddress.getByName(host), certificates().statefulServerContext(id), new HttpService()));
    }

    /** Starts one again that was closed, with its address, and without the sessions that it had given. */
    public JdkServer restart(JdkServer closed) throws IOException, GeneralSecurityException {
        return closing(new JdkServer(
                closed.id(), closed.address(), certificates().serverContext(closed.id()), new HttpService()));
    }

    /** Starts a TLS server inside the test. */
    public JdkServer jdkServer(String id, String host, JdkServer.Service service)
            throws IOException, GeneralSecurityException {
        return closing(
                new JdkServer(id, InetAddress.getByName(host), certificates().serverContext(id), service));
    }

    /** Starts a server without TLS inside the test. */
    public JdkServer plainServer(String id, JdkServer.Service service) throws IOException {
        return plainServer(id, "127.0.0.1", service);
    }

    /** Likewise, on another address. */
    public JdkServer plainServer(String id, String host, JdkServer.Service service) throws IOException {
        return closing(new JdkServer(id, InetAddress.getByName(host), null, service));
    }

    /** A client for that address, with sessions of its own; it asks for {@code localhost} and offers HTTP/1.1. */
    public TlsClient client(InetSocketAddress node) throws IOException, GeneralSecurityException {
        InetAddress source = InetAddress.getByName(node.getAddress().getAddress().length == 4 ? "127.0.0.1" : "::1");
        return new TlsClient(certificates().clientContext(), node, source, "localhost", List.of("http/1.1"));
    }

    /** Starts clients that do this over and over. */
    public Load load(String name, int clients, Load.Task task) {
        return closing(new Load(name, clients, task));
    }

    /** Starts a program; it is killed at the end, if it still runs. */
    public OsProcess start(Tool tool, String... arguments) throws IOException {
        List<String> command =
                Stream.concat(Stream.of(tool.path()), Arrays.stream(arguments)).toList();
        OsProcess process = OsProcess.start(tool.toString(), command, directory("tools"), Map.of());
        processes.add(process);
        return closing(process);
    }

    /**
     * Runs a program to its end, with nothing to read.
     *
     * @throws AssertionError with its output, when it fails or takes longer than a minute
     */
    public String run(Tool tool, String... arguments) throws IOException {
        return runWith("", tool, arguments);
    }

    /** Likewise, with this to read. */
    public String runWith(String input, Tool tool, String... arguments) throws IOException {
        OsProcess process = runWhatever(input, tool, arguments);
        if (process.awaitExit(TOOL_TIMEOUT) != 0) {
            throw new AssertionError(process.evidence());
        }
        return process.output();
    }

    /** Likewise, whether it succeeds or fails. */
    public OsProcess runWhatever(String input, Tool tool, String... arguments) throws IOException {
        OsProcess process = start(tool, arguments);
        try (OutputStream stdin = process.input()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        }
        var unused = process.awaitExit(TOOL_TIMEOUT);
        return process;
    }

    private static Path property(String name) {
        String value = System.getProperty(name);
        if (value == null) {
            throw new IllegalStateException("the system property " + name + " is not set; run these tests by Maven, as"
                    + " mvn -pl cluster-tests -am verify does");
        }
        return Path.of(value);
    }
}
