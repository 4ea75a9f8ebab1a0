package io.hawser.node.coordination.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hawser.node.coordination.ChangeOutcome;
import io.hawser.node.coordination.CoordinationListener;
import io.hawser.node.coordination.Member;
import io.hawser.node.coordination.OperatorChange;
import io.hawser.node.identity.IdentityFiles;
import io.hawser.node.identity.KeptIdentity;
import io.hawser.node.identity.TestAuthority;
import io.hawser.pool.OperatorSetting;
import io.hawser.pool.OperatorState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes and a real ZooKeeper server that believe each other only by certificates. */
@Timeout(180)
final class ZooKeeperTlsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Waits IMPATIENT =
            new Waits(Duration.ofMillis(100), Duration.ofSeconds(3), PATIENCE, PATIENCE.multipliedBy(2));

    private final TestAuthority authority = new TestAuthority("Authority of the cluster");
    private final TestAuthority stranger = new TestAuthority("Somebody else");
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    @TempDir
    private Path directory = Path.of("");

    @AfterEach
    void closeAll() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    private SecureServer server() throws Exception {
        return server("server", authority);
    }

    private SecureServer server(String name, TestAuthority believed) throws Exception {
        SecureServer server =
                new SecureServer(directory.resolve(name), authority.issue(name, UnaryOperator.identity()), believed);
        opened.push(server);
        return server;
    }

    private ZooKeeperCoordination node(String servers, IdentityFiles files, @Nullable String serverName)
            throws Exception {
        KeptIdentity identity = KeptIdentity.of(files, Clock.systemUTC());
        opened.push(identity);
        ZooKeeperCoordination node = new ZooKeeperCoordination(
                new ZooKeeperSettings(
                        servers, "/hawser", 5000, "lb1", "127.0.0.1", null, new ZooKeeperTls(identity, serverName)),
                Clock.systemUTC(),
                IMPATIENT);
        opened.push(node);
        node.start(new CoordinationListener() {
            @Override
            public CompletionStage<?> operated(List<OperatorChange> all) {
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public void membersChanged(List<Member> now) {
                // What the others are told is not looked at here.
            }
        });
        return node;
    }

    private IdentityFiles files(TestAuthority issuer, String name) throws Exception {
        return issuer.files(directory, "zookeeper.tls", name);
    }

    private static void awaitConnected(ZooKeeperCoordination node) {
        await().atMost(PATIENCE).until(() -> node.status().connected());
    }

    /** @param words any of which an operator may read */
    private static void awaitProblem(ZooKeeperCoordination node, String... words) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(node.status().obstacles().toString()).containsAnyOf(words));
        assertThat(node.status().connected()).isFalse();
    }

    @Test
    void agreesByTlsAloneAndGivesStrangersNothing() throws Exception {
        int port = server().port();
        ZooKeeperCoordination node = node("127.0.0.1:" + port, files(authority, "lb1"), null);
        awaitConnected(node);

        ChangeOutcome outcome = node.change("shop", "b1", before -> new OperatorSetting(OperatorState.DRAIN, null))
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        assertThat(outcome).isInstanceOfAny(ChangeOutcome.InForce.class, ChangeOutcome.Kept.class);

        assertThat(SecureServer.firstByteFor(port, "ruok\nruok\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
                .isIn(-1, 0x15);
        awaitProblem(node("127.0.0.1:" + port, files(stranger, "thief"), null), "signed by no authority in");
    }

    @Test
    void saysThatItsOwnCertificateIsRefused() throws Exception {
        int port = server("strict", stranger).port();

        awaitProblem(
                node("127.0.0.1:" + port, files(authority, "lb1"), null),
                "it does not accept this node's certificate",
                // Newer Java shows no certificate that the server has said it would not accept.
                "it wants a certificate, and zookeeper.tls has none that its authorities have signed");
    }

    @Test
    void saysThatAServersCertificateHasExpired() throws Exception {
        SecureServer server =
                new SecureServer(directory.resolve("old"), authority.issue("old", TestAuthority.expired()), authority);
        opened.push(server);

        awaitProblem(
                node("127.0.0.1:" + server.port(), files(authority, "lb1"), null),
                "127.0.0.1:" + server.port() + ": its certificate has expired");
    }

    @Test
    void wantsTheServersNameOrTheOneThatItIsTold() throws Exception {
        int port = server().port();

        awaitProblem(node("localhost:" + port, files(authority, "lb1"), null), "its certificate is for another name");
        awaitConnected(node("localhost:" + port, files(authority, "lb2"), "127.0.0.1"));
    }

    @Test
    void comesBackWithRenewedCertificatesOfAnotherAuthority() throws Exception {
        SecureServer server = server();
        IdentityFiles files = files(authority, "lb1");
        ZooKeeperCoordination node = node("127.0.0.1:" + server.port(), files, null);
        awaitConnected(node);
        await().atMost(PATIENCE).until(() -> node.status().obstacles().isEmpty());

        server.restart(stranger.issue("server", UnaryOperator.identity()), stranger);
        awaitLost(node);
        TestAuthority.write(files, stranger.issue("lb1", UnaryOperator.identity()), stranger);

        awaitConnected(node);
    }

    private static void awaitLost(ZooKeeperCoordination node) {
        await().atMost(PATIENCE).until(() -> node.status().warnings().toString().contains("signed by no authority in"));
    }

    @Test
    void leavesNothingBehindAndNoKeyInTheClear() throws Exception {
        KeptIdentity identity = KeptIdentity.of(files(authority, "lb1"), Clock.systemUTC());
        opened.push(identity);
        TlsClient client = new TlsClient(new ZooKeeperTls(identity, null));
        Path keyStore = Path.of(String.valueOf(client.config().getProperty("zookeeper.ssl.keyStore.location")));
        Path made = java.util.Objects.requireNonNull(keyStore.getParent());

        assertThat(permissions(made)).isEqualTo("rwx------");
        assertThat(permissions(keyStore)).isEqualTo("rw-------");
        java.util.HexFormat hex = java.util.HexFormat.of();
        assertThat(hex.formatHex(Files.readAllBytes(keyStore))).doesNotContain(hex.formatHex(key("lb1"), 40, 60));
        assertThat(System.getProperties().stringPropertyNames()).noneMatch(name -> name.startsWith("zookeeper.ssl"));

        client.close();
        assertThat(made).doesNotExist();
    }

    private byte[] key(String name) throws IOException {
        String pem = Files.readString(directory.resolve(name + ".key")).replaceAll("-----[A-Z ]+-----", "");
        return java.util.Base64.getMimeDecoder().decode(pem);
    }

    private static String permissions(Path file) {
        try (Stream<Path> one = Stream.of(file)) {
            return one.map(path -> {
                        try {
                            return java.nio.file.attribute.PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(path));
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .findFirst()
                    .orElseThrow();
        }
    }
}
