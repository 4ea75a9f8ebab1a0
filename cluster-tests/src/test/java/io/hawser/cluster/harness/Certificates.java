package io.hawser.cluster.harness;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * An authority of the tests' own, and server certificates by it: for {@code localhost}, {@code *.example.com} and the
 * loopback addresses, with the server's id as their common name, so that every TLS client can tell who answered.
 *
 * <p>Safe from any thread.
 */
public final class Certificates {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final char[] NO_PASSWORD = {};

    private final Path directory;

    /**
     * A server's certificate.
     *
     * @param certificate PEM file, the authority's certificate behind the server's
     * @param key PEM file, PKCS #8
     */
    public record Server(Path certificate, Path key) {}

    private Certificates(Path directory) {
        this.directory = directory;
    }

    /** Makes the authority. */
    static Certificates make(Path directory) throws IOException {
        Files.createDirectories(directory);
        Certificates certificates = new Certificates(directory);
        certificates.openssl(List.of(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "30",
                "-subj",
                "/CN=Hawser test authority",
                "-keyout",
                "ca.key",
                "-out",
                "ca.pem"));
        return certificates;
    }

    /** PEM file with the authority's certificate, for clients. */
    public Path authority() {
        return directory.resolve("ca.pem");
    }

    /** The certificate of a server; made when it is asked for first. */
    public synchronized Server server(String id) throws IOException {
        Path certificate = directory.resolve(id + ".pem");
        Path key = directory.resolve(id + ".key");
        if (!Files.exists(certificate)) {
            Files.writeString(
                    directory.resolve(id + ".ext"),
                    """
                    subjectAltName=DNS:localhost,DNS:example.com,DNS:*.example.com,IP:127.0.0.1,IP:::1
                    basicConstraints=critical,CA:FALSE
                    """);
            openssl(List.of(
                    "req",
                    "-newkey",
                    "ec",
                    "-pkeyopt",
                    "ec_paramgen_curve:P-256",
                    "-nodes",
                    "-subj",
                    "/CN=" + id,
                    "-keyout",
                    key.toString(),
                    "-out",
                    id + ".csr"));
            openssl(List.of(
                    "x509",
                    "-req",
                    "-in",
                    id + ".csr",
                    "-CA",
                    "ca.pem",
                    "-CAkey",
                    "ca.key",
                    "-CAcreateserial",
                    "-days",
                    "30",
                    "-extfile",
                    id + ".ext",
                    "-out",
                    id + ".leaf"));
            Files.writeString(
                    certificate, Files.readString(directory.resolve(id + ".leaf")) + Files.readString(authority()));
        }
        return new Server(certificate, key);
    }

    private void openssl(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Tool.OPENSSL.path()));
        command.addAll(arguments);
        OsProcess process = OsProcess.start("openssl " + arguments.get(0), command, directory, Map.of());
        if (process.awaitExit(TIMEOUT) != 0) {
            throw new IOException(process.evidence());
        }
    }

    /** TLS of a server with this id. */
    public SSLContext serverContext(String id) throws IOException, GeneralSecurityException {
        Server server = server(id);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        store.setKeyEntry("server", privateKey(server.key()), NO_PASSWORD, certificates(server.certificate()));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, NO_PASSWORD);
        return context(keys.getKeyManagers());
    }

    /** Likewise; it keeps its sessions itself, and gives no tickets that could be read. */
    synchronized SSLContext statefulServerContext(String id) throws IOException, GeneralSecurityException {
        // Java lets only a whole process choose, which looks when a context is made.
        String property = "jdk.tls.server.enableSessionTicketExtension";
        System.setProperty(property, "false");
        try {
            return serverContext(id);
        } finally {
            System.clearProperty(property);
        }
    }

    /** TLS of a client that trusts the authority and nobody else; its sessions are its own. */
    public SSLContext clientContext() throws IOException, GeneralSecurityException {
        return context(new KeyManager[0]);
    }

    private SSLContext context(KeyManager[] keys) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        store.setCertificateEntry("authority", certificates(authority())[0]);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trust.getTrustManagers(), null);
        return context;
    }

    private static Certificate[] certificates(Path pem) throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(pem)) {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificates(in)
                    .toArray(Certificate[]::new);
        }
    }

    private static PrivateKey privateKey(Path pem) throws IOException, GeneralSecurityException {
        String base64 = Files.readString(pem).replaceAll("-----[^-]*-----|\\s", "");
        return KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
    }
}
