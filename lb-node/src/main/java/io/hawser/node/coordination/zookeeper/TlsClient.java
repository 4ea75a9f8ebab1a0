package io.hawser.node.coordination.zookeeper;

import io.hawser.node.identity.HandshakeFailure;
import io.hawser.node.identity.Identity;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.curator.utils.ZookeeperFactory;
import org.apache.zookeeper.client.ZKClientConfig;
import org.jspecify.annotations.Nullable;

/**
 * Makes ZooKeeper's client speak TLS, and finds out why it can't: the client itself does not tell.
 *
 * <p>The client takes its key from a file only, and reads it anew for each connection. It gets files of its own, readable
 * by this user only and encrypted by a password that is nowhere but in this process: who finds one after the process was
 * killed can do nothing with it. They are written again whenever the identity is renewed.
 */
final class TlsClient implements AutoCloseable {

    private static final int CONNECT_MILLIS = 1000;
    private static final int HANDSHAKE_MILLIS = 5000;
    /** In TLS 1.3 a server refuses a client only after the handshake is over for the client. */
    private static final int REFUSAL_MILLIS = 500;

    private final ZooKeeperTls tls;
    private final String password;
    private final Path directory;

    /** Makes the files. Blocks. */
    TlsClient(ZooKeeperTls tls) {
        this.tls = tls;
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        this.password = HexFormat.of().formatHex(secret);
        try {
            // Made for this user only where the file system knows of users.
            this.directory = Files.createTempDirectory("hawser-zookeeper");
            write(tls.identity().current());
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot hand the key of zookeeper.tls to ZooKeeper's client, which takes it from the directory for"
                            + " temporary files (java.io.tmpdir): " + e.getMessage(),
                    e);
        }
        tls.identity().onRenewed(next -> {
            try {
                write(next);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write to " + directory + ": " + e.getMessage(), e);
            }
        });
    }

    private Path keyStore() {
        return directory.resolve("key.p12");
    }

    private Path trustStore() {
        return directory.resolve("authorities.p12");
    }

    private void write(Identity identity) throws IOException {
        char[] secret = password.toCharArray();
        try {
            write(identity.keyStore(secret), keyStore(), secret);
            write(identity.trustStore(), trustStore(), secret);
        } catch (GeneralSecurityException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void write(KeyStore store, Path file, char[] secret) throws IOException, GeneralSecurityException {
        Path next = Files.createTempFile(directory, "next", null);
        try (OutputStream out = Files.newOutputStream(next)) {
            store.store(out, secret);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** What makes the clients. */
    ZookeeperFactory factory() {
        return new NamedServers(tls.serverName());
    }

    /** For a client of its own; nothing of it is known to others in this process. */
    ZKClientConfig config() {
        ZKClientConfig config = new ZKClientConfig();
        config.setProperty(ZKClientConfig.SECURE_CLIENT, "true");
        config.setProperty(ZKClientConfig.ZOOKEEPER_CLIENT_CNXN_SOCKET, "org.apache.zookeeper.ClientCnxnSocketNetty");
        config.setProperty("zookeeper.ssl.keyStore.location", keyStore().toString());
        config.setProperty("zookeeper.ssl.keyStore.password", password);
        config.setProperty("zookeeper.ssl.keyStore.type", "PKCS12");
        config.setProperty("zookeeper.ssl.trustStore.location", trustStore().toString());
        config.setProperty("zookeeper.ssl.trustStore.password", password);
        config.setProperty("zookeeper.ssl.trustStore.type", "PKCS12");
        config.setProperty("zookeeper.ssl.enabledProtocols", "TLSv1.3,TLSv1.2");
        config.setProperty("zookeeper.ssl.hostnameVerification", "true");
        // Java's own check of names and certificates, and not one of ZooKeeper's.
        config.setProperty("zookeeper.fips-mode", "true");
        return config;
    }

    /**
     * Tries each server. Blocks for seconds.
     *
     * @param servers {@code host:port,host:port}
     * @return what is wrong with which of them; null when nothing is
     */
    @Nullable String problem(String servers) {
        List<String> problems = new ArrayList<>();
        for (String server : servers.split(",", -1)) {
            String one = problemOf(server);
            if (one != null) {
                problems.add(server + ": " + one);
            }
        }
        return problems.isEmpty() ? null : String.join("; ", problems);
    }

    private @Nullable String problemOf(String server) {
        int colon = server.lastIndexOf(':');
        String host = server.substring(0, colon).replaceAll("[\\[\\]]", "");
        int port = Integer.parseInt(server.substring(colon + 1));
        try (Socket plain = new Socket()) {
            try {
                plain.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
            } catch (IOException e) {
                return "cannot be reached: " + e.getMessage();
            }
            plain.setSoTimeout(HANDSHAKE_MILLIS);
            try (SSLSocket socket = (SSLSocket) tls.identity()
                    .current()
                    .newContext()
                    .getSocketFactory()
                    .createSocket(plain, tls.serverName() == null ? host : tls.serverName(), port, true)) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                return refusal(socket);
            }
        } catch (SocketTimeoutException e) {
            return "it does not answer: is that its secure port (secureClientPort)?";
        } catch (IOException e) {
            return HandshakeFailure.of(e, tls.identity().section()).text();
        }
    }

    private static @Nullable String refusal(SSLSocket socket) throws IOException {
        socket.setSoTimeout(REFUSAL_MILLIS);
        try {
            return socket.getInputStream().read() < 0 ? "it closes connections at once" : null;
        } catch (SocketTimeoutException e) {
            // It waits for a request, as it should.
            return null;
        }
    }

    @Override
    public void close() {
        for (Path file : List.of(keyStore(), trustStore(), directory)) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                // Encrypted, and of no use to anybody.
            }
        }
    }
}
