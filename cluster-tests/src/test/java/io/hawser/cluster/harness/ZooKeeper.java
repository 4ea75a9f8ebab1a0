package io.hawser.cluster.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/**
 * A ZooKeeper server as a process of its own, alone or one of an ensemble, on a loopback address chosen by chance if not
 * on another. May be killed, paused by a signal, and started again with its port and its data.
 */
public final class ZooKeeper implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final int PORT = 2181;
    private static final int SILENCE_MILLIS = 1000;
    private static final String SERVER = "org.apache.zookeeper.server.";

    private final Path directory;
    private final Place place;
    private final String main;
    private final InetSocketAddress address;
    private OsProcess process;

    ZooKeeper(Path directory) throws IOException {
        this(directory, Place.HERE, someLoopback());
    }

    /** @param host an address of the place's */
    ZooKeeper(Path directory, Place place, InetAddress host) throws IOException {
        this(directory, place, host, SERVER + "ZooKeeperServerMain", "");
        awaitListening();
    }

    private ZooKeeper(Path directory, Place place, InetAddress host, String main, String more) throws IOException {
        this.directory = directory;
        this.place = place;
        this.address = new InetSocketAddress(host, PORT);
        this.main = main;
        Files.createDirectories(directory.resolve("data"));
        Files.writeString(
                directory.resolve("zoo.cfg"),
                """
                tickTime=500
                dataDir=data
                clientPort=%d
                clientPortAddress=%s
                admin.enableServer=false
                4lw.commands.whitelist=srvr
                """
                                .formatted(PORT, address.getAddress().getHostAddress())
                        + more);
        this.process = launch();
    }

    /**
     * One of an ensemble; it serves once most of these run.
     *
     * <p>A server that is cut off from the others goes on for four seconds as if nothing were amiss, longer than the
     * shortest sessions last, as it does with the times that ZooKeeper's manual gives.
     *
     * @param number its own among them, from 1
     * @param all addresses of their places'
     */
    static ZooKeeper member(Path directory, Place place, int number, List<InetAddress> all) throws IOException {
        StringBuilder ensemble = new StringBuilder("initLimit=20\nsyncLimit=8\n");
        for (int i = 0; i < all.size(); i++) {
            String host = all.get(i).getHostAddress();
            ensemble.append("server.%d=%s:2888:3888\n".formatted(i + 1, host));
        }
        Files.createDirectories(directory.resolve("data"));
        Files.writeString(directory.resolve("data/myid"), number + "\n");
        return new ZooKeeper(
                directory, place, all.get(number - 1), SERVER + "quorum.QuorumPeerMain", ensemble.toString());
    }

    private static InetAddress someLoopback() throws IOException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return InetAddress.getByAddress(new byte[] {
            127, (byte) random.nextInt(64, 250), (byte) random.nextInt(1, 250), (byte) random.nextInt(1, 250)
        });
    }

    private OsProcess launch() throws IOException {
        return OsProcess.start(
                "zookeeper",
                place.command(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        // For servers that are silent; by default elections wait for five seconds.
                        "-Dzookeeper.cnxTimeout=500",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main,
                        "zoo.cfg")),
                directory,
                Map.of());
    }

    private void awaitListening() {
        try {
            Ports.awaitListening(place, address, process, TIMEOUT);
        } catch (AssertionError e) {
            process.close();
            throw e;
        }
    }

    /** For {@code zookeeper.connect}, with a path. */
    public String connect() {
        return connect(List.of(this));
    }

    /** For {@code zookeeper.connect}, with a path. */
    public static String connect(List<ZooKeeper> servers) {
        return servers.stream()
                        .map(server -> Configuration.text(server.address))
                        .collect(Collectors.joining(",")) + "/hawser";
    }

    /** Where it takes clients. */
    public InetSocketAddress address() {
        return address;
    }

    /** What it is at the moment: {@code leader}, {@code follower} or {@code standalone}; empty when it doesn't serve. */
    public String role() {
        try {
            return place.call(this::askRole);
        } catch (IOException e) {
            return "";
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private String askRole() throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(SILENCE_MILLIS);
            socket.connect(address, SILENCE_MILLIS);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> line.startsWith("Mode: "))
                    .map(line -> line.substring("Mode: ".length()))
                    .findFirst()
                    .orElse("");
        }
    }

    /** The process: signals, output. */
    public OsProcess process() {
        return process;
    }

    /** Kills it; what it had acknowledged is on the disk. */
    public void kill() {
        process.close();
    }

    /** Starts it again where it was; when this returns it takes connections. */
    public void restart() throws IOException {
        process = launch();
        awaitListening();
    }

    @Override
    public void close() {
        process.close();
    }
}
