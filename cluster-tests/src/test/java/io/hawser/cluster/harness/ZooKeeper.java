package io.hawser.cluster.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A ZooKeeper server as a process of its own, on a loopback address chosen by chance. May be killed, paused by a signal,
 * and started again with its port and its data.
 */
public final class ZooKeeper implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final int PORT = 2181;

    private final Path directory;
    private final Place place;
    private final InetSocketAddress address;
    private OsProcess process;

    ZooKeeper(Path directory) throws IOException {
        this(directory, Place.HERE, someLoopback());
    }

    /** @param host an address of the place's */
    ZooKeeper(Path directory, Place place, InetAddress host) throws IOException {
        this.directory = directory;
        this.place = place;
        this.address = new InetSocketAddress(host, PORT);
        Files.createDirectories(directory.resolve("data"));
        Files.writeString(
                directory.resolve("zoo.cfg"),
                """
                tickTime=500
                dataDir=data
                clientPort=%d
                clientPortAddress=%s
                admin.enableServer=false
                """
                        .formatted(PORT, address.getAddress().getHostAddress()));
        this.process = launch();
    }

    private static InetAddress someLoopback() throws IOException {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return InetAddress.getByAddress(new byte[] {
            127, (byte) random.nextInt(64, 250), (byte) random.nextInt(1, 250), (byte) random.nextInt(1, 250)
        });
    }

    private OsProcess launch() throws IOException {
        OsProcess started = OsProcess.start(
                "zookeeper",
                place.command(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.apache.zookeeper.server.ZooKeeperServerMain",
                        "zoo.cfg")),
                directory,
                Map.of());
        try {
            Ports.awaitListening(place, address, started, TIMEOUT);
            return started;
        } catch (AssertionError e) {
            started.close();
            throw e;
        }
    }

    /** For {@code zookeeper.connect}, with a path. */
    public String connect() {
        return Configuration.text(address) + "/hawser";
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
    }

    @Override
    public void close() {
        process.close();
    }
}
