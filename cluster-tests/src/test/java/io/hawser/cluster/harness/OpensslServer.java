package io.hawser.cluster.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code openssl s_server}: OpenSSL's own idea of a TLS server. Serves one connection after the other. */
public final class OpensslServer implements Backend, AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final String id;
    private final OsProcess process;
    private final InetSocketAddress address;

    /**
     * Starts it.
     *
     * @param arguments such as {@code -www}: answer every HTTP request with the facts of the connection
     */
    OpensslServer(String id, Path directory, Certificates certificates, List<String> arguments) throws IOException {
        this.id = id;
        Certificates.Server certificate = certificates.server(id);
        List<String> command = new ArrayList<>(List.of(
                Tool.OPENSSL.path(),
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-cert",
                certificate.certificate().toString(),
                "-key",
                certificate.key().toString()));
        command.addAll(arguments);
        this.process = OsProcess.start(id, command, directory, Map.of());
        try {
            int port = Integer.parseInt(
                    process.awaitLine("^ACCEPT .*:(\\d+)$", TIMEOUT).group(1));
            this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
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
