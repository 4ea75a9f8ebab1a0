package io.hawser.cluster.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/** A TLS server that is a program of somebody else's, on a port of the loopback that the kernel has given it. */
abstract class ServerProcess implements Backend, AutoCloseable {

    /** Until it serves. */
    static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final String id;
    private final OsProcess process;
    private final InetSocketAddress address;

    /**
     * Starts it.
     *
     * @param awaitPort waits until it serves, and tells the port that it got
     */
    ServerProcess(String id, Path directory, List<String> command, ToIntFunction<OsProcess> awaitPort)
            throws IOException {
        this.id = id;
        this.process = OsProcess.start(id, command, directory, Map.of());
        try {
            this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), awaitPort.applyAsInt(process));
        } catch (AssertionError e) {
            process.close();
            throw e;
        }
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    public OsProcess process() {
        return process;
    }

    @Override
    public void close() {
        process.close();
    }
}
