package io.hawser.node.coordination.zookeeper;

import io.hawser.node.identity.TestAuthority;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** A ZooKeeper server in a process of its own, which has nothing but a port for TLS and wants certificates of clients. */
final class SecureServer implements AutoCloseable {

    private final Path directory;
    private final int port;
    private Process process;

    SecureServer(Path directory, X509Bundle own, TestAuthority believed) throws Exception {
        this.directory = Files.createDirectories(directory);
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = any.getLocalPort();
        }
        this.process = start(own, believed);
    }

    private Process start(X509Bundle own, TestAuthority believed) throws Exception {
        Path identity = directory.resolve("server.pem");
        Files.writeString(identity, own.getPrivateKeyPEM() + own.getCertificatePathPEM());
        Path authorities = directory.resolve("clients.pem");
        Files.writeString(authorities, believed.pem());
        Path config = directory.resolve("zoo.cfg");
        Files.writeString(
                config,
                String.join(
                        "\n",
                        "dataDir=" + directory.resolve("data"),
                        "tickTime=250",
                        "secureClientPort=" + port,
                        "secureClientPortAddress=127.0.0.1",
                        "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory",
                        "authProvider.x509=org.apache.zookeeper.server.auth.X509AuthenticationProvider",
                        "ssl.clientAuth=need",
                        "ssl.keyStore.location=" + identity,
                        "ssl.keyStore.type=PEM",
                        "ssl.trustStore.location=" + authorities,
                        "ssl.trustStore.type=PEM",
                        "admin.enableServer=false",
                        ""));
        Process started = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "org.apache.zookeeper.server.ZooKeeperServerMain",
                        config.toString()))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("server.log").toFile())
                .start();
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
            if (!started.isAlive()) {
                throw new AssertionError(Files.readString(directory.resolve("server.log")));
            }
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return true;
            } catch (IOException e) {
                return false;
            }
        });
        return started;
    }

    int port() {
        return port;
    }

    /** What the server sends a client that speaks no TLS, until it closes: -1 for nothing. */
    static int firstByteFor(int port, byte[] request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request);
            InputStream in = socket.getInputStream();
            return in.read();
        } catch (SocketException e) {
            // Reset: nothing.
            return -1;
        }
    }

    /** Another identity, and other clients. */
    void restart(X509Bundle own, TestAuthority believed) throws Exception {
        close();
        process = start(own, believed);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !process.isAlive());
    }
}
