package io.hawser.cluster.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code openssl s_server}: OpenSSL's own idea of a TLS server. Serves one connection after the other. */
public final class OpensslServer extends ServerProcess {

    /**
     * Starts it.
     *
     * @param arguments such as {@code -www}: answer every HTTP request with the facts of the connection
     */
    OpensslServer(String id, Path directory, Certificates certificates, List<String> arguments) throws IOException {
        super(id, directory, command(certificates.server(id), arguments), OpensslServer::awaitPort);
    }

    private static List<String> command(Certificates.Server certificate, List<String> arguments) {
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
        return command;
    }

    private static int awaitPort(OsProcess server) {
        return Integer.parseInt(server.awaitLine("^ACCEPT .*:(\\d+)$", TIMEOUT).group(1));
    }
}
