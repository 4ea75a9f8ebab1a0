package io.hawser.cluster.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code gnutls-serv}: GnuTLS's own idea of a TLS server. Answers every HTTP request with facts of the connection. */
public final class GnutlsServer extends ServerProcess {

    /** @param arguments such as {@code --noticket} */
    GnutlsServer(String id, Path directory, Certificates certificates, List<String> arguments) throws IOException {
        super(id, directory, command(certificates.server(id), arguments), GnutlsServer::awaitPort);
    }

    private static List<String> command(Certificates.Server certificate, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                Tool.GNUTLS_SERV.path(),
                "--http",
                "--disable-client-cert",
                "--port=0",
                "--x509certfile=" + certificate.certificate(),
                "--x509keyfile=" + certificate.key()));
        command.addAll(arguments);
        return command;
    }

    private static int awaitPort(OsProcess server) {
        server.awaitLine("^HTTP Server listening on IPv4.*done", TIMEOUT);
        // It says which port it asked the kernel for, not which one it got.
        return server.listeningPort();
    }
}
