package io.hawser.cluster.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code gnutls-serv}: GnuTLS's own idea of a TLS server. Answers every HTTP request with facts of the connection. */
public final class GnutlsServer implements Backend, AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final String id;
    private final OsProcess process;
    private final InetSocketAddress address;

    /** @param arguments such as {@code --noticket} */
    GnutlsServer(String id, Path directory, Certificates certificates, List<String> arguments) throws IOException {
        this.id = id;
        Certificates.Server certificate = certificates.server(id);
        List<String> command = new ArrayList<>(List.of(
                Tool.GNUTLS_SERV.path(),
                "--http",
                "--disable-client-cert",
                "--port=0",
                "--x509certfile=" + certificate.certificate(),
                "--x509keyfile=" + certificate.key()));
        command.addAll(arguments);
        this.process = OsProcess.start(id, command, directory, Map.of());
        try {
            process.awaitLine("^HTTP Server listening on IPv4.*done", TIMEOUT);
            // It says which port it asked the kernel for, not which one it got.
            this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), process.listeningPort());
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
