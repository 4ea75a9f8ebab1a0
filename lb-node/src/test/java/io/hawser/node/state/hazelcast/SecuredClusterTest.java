package io.hawser.node.state.hazelcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.hawser.affinity.AffinityKey;
import io.hawser.affinity.LocalAffinityTable;
import io.hawser.node.identity.HandshakeCounts;
import io.hawser.node.identity.IdentityFiles;
import io.hawser.node.identity.KeptIdentity;
import io.hawser.node.identity.TestAuthority;
import io.hawser.node.state.SharedTable;
import io.hawser.node.state.TableEvents;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Members that speak TLS with each other and with nobody else. */
@Timeout(180)
final class SecuredClusterTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int TTL = 600_000;
    private static final int ENTRIES = 20_000;

    private final TestAuthority authority = new TestAuthority("Authority of the cluster");
    private final TestAuthority stranger = new TestAuthority("Somebody else");
    private final List<InetSocketAddress> addresses = new CopyOnWriteArrayList<>();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    @TempDir
    private Path directory = Path.of("");

    @AfterEach
    void closeAll() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    /** A member, its table, and how its handshakes went. */
    private final class Member implements AutoCloseable {

        private final String id;
        private final InetSocketAddress address;
        private final HandshakeCounts counts = new HandshakeCounts();
        private final @Nullable IdentityFiles files;
        private final HazelcastState state;
        private final LocalAffinityTable mirror = new LocalAffinityTable(TTL, 2 * ENTRIES, 5);
        private final SharedTable table;

        Member(String id, @Nullable TestAuthority issuer) throws Exception {
            this.id = id;
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                address = (InetSocketAddress) free.getLocalSocketAddress();
            }
            addresses.add(address);
            files = issuer == null ? null : issuer.files(directory, "cluster.tls", id);
            state = HazelcastState.join(
                    new HazelcastSettings(
                            "test", id, address, PATIENCE, Duration.ofSeconds(30), () -> addresses, security()),
                    System::nanoTime,
                    11);
            table = state.share("shop", mirror, TTL, 2 * ENTRIES, new Ignored());
            opened.push(this);
        }

        private @Nullable LinkSecurity security() throws IOException {
            if (files == null) {
                return null;
            }
            KeptIdentity identity = KeptIdentity.of(files, Clock.systemUTC());
            opened.push(identity);
            return new LinkSecurity(identity, counts);
        }

        long count(String result) {
            return counts.byResult().getOrDefault(result, -1L);
        }

        void awaitPeers(int members) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(state.peers()).hasSize(members));
        }

        @Override
        public void close() {
            HazelcastInstance instance = Hazelcast.getHazelcastInstanceByName(id + '@' + address);
            if (instance != null) {
                instance.getLifecycleService().terminate();
            }
        }
    }

    private static final class Ignored implements TableEvents {

        @Override
        public void claimed(Claim result) {}

        @Override
        public void dropped() {}

        @Override
        public void reconciled(int received, int sent) {}
    }

    private static AffinityKey key(long number) {
        return new AffinityKey(AffinityKey.Kind.TLS_SESSION_ID, number, ~number);
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    @Test
    void membersShareWhatTheyLearnAndStrangersGetNothing() throws Exception {
        Member a = new Member("a", authority);
        Member b = new Member("b", authority);
        a.awaitPeers(2);
        for (int i = 0; i < ENTRIES; i++) {
            a.table.used(key(i), "b" + i % 3, now());
        }
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(b.mirror.size()).isEqualTo(ENTRIES));
        assertThat(b.table.claim(key(1), "other", now()).toCompletableFuture().join())
                .isEqualTo("b1");
        assertThat(a.count("done")).isPositive();
        assertThat(b.count("done")).isPositive();

        assertThat(answerTo(a.address, "HZC".getBytes(StandardCharsets.US_ASCII)))
                .doesNotContain("HZC");
        await().atMost(PATIENCE).until(() -> a.count("no-tls") == 1);
        assertThat(greeted(a.address, null)).isFalse();
        await().atMost(PATIENCE).until(() -> a.count("no-certificate") == 1);
        // Java shows none where the member names none of its authorities.
        assertThat(greeted(a.address, stranger)).isFalse();
        await().atMost(PATIENCE).until(() -> a.count("no-certificate") == 2);
        assertThat(greeted(a.address, authority)).isTrue();

        // Who neither speaks nor goes is not waited for, and there are never too many of them.
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < Links.MAX_HANDSHAKES_OF_ONE + 4; i++) {
            silent.add(new Socket(a.address.getAddress(), a.address.getPort()));
        }
        await().atMost(PATIENCE).until(() -> a.count("too-many") == 4);
        for (Socket socket : silent) {
            assertThat(isClosedByTheOtherSide(socket)).isTrue();
        }
        await().atMost(PATIENCE).until(() -> a.count("silent") == Links.MAX_HANDSHAKES_OF_ONE);
        Member c = new Member("c", authority);
        c.awaitPeers(3);
        a.awaitPeers(3);
    }

    @Test
    void whoHasNoCertificateOfTheAuthorityStaysAlone() throws Exception {
        Member a = new Member("a", authority);
        Member thief = new Member("thief", stranger);

        await().atMost(PATIENCE)
                .until(() -> a.count("done")
                                < a.counts.byResult().values().stream()
                                        .mapToLong(Long::longValue)
                                        .sum()
                        && thief.count("unknown-authority") > 0);
        thief.awaitPeers(1);
        a.awaitPeers(1);
    }

    @Test
    void renewedCertificatesOfAnotherAuthorityAreTakenInWhileItRuns() throws Exception {
        Member a = new Member("a", authority);
        Member b = new Member("b", authority);
        a.awaitPeers(2);
        for (Member member : List.of(a, b)) {
            TestAuthority.write(
                    java.util.Objects.requireNonNull(member.files),
                    stranger.issue("renewed", UnaryOperator.identity()),
                    stranger);
        }

        await().atMost(PATIENCE).until(() -> greeted(a.address, stranger) && greeted(b.address, stranger));
        assertThat(greeted(a.address, authority)).isFalse();
        // Nobody was thrown out.
        assertThat(a.state.peers()).hasSize(2);
        Member c = new Member("c", stranger);
        c.awaitPeers(3);
    }

    /** What somebody is told who sends something in the clear, up to the end of the connection. */
    private static String answerTo(InetSocketAddress address, byte[] request) throws IOException {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketException e) {
            // Reset: nothing.
            return "";
        }
    }

    /** Whether a member answers somebody's greeting in Hazelcast's protocol. */
    private boolean greeted(InetSocketAddress address, @Nullable TestAuthority issuer) throws Exception {
        IdentityFiles files = (issuer == null ? authority : issuer)
                .files(java.nio.file.Files.createTempDirectory(directory, "client"), "client", "client");
        try (KeptIdentity client = KeptIdentity.of(files, Clock.systemUTC());
                SSLSocket socket = (SSLSocket) (issuer == null ? trustingOnly() : trusting(client))
                        .getSocketFactory()
                        .createSocket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout(60_000);
            socket.startHandshake();
            socket.getOutputStream().write("HZC".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return in.read() == 'H' && in.read() == 'Z' && in.read() == 'C';
        } catch (SSLException | SocketException e) {
            return false;
        }
    }

    private static javax.net.ssl.SSLContext trusting(KeptIdentity client) throws Exception {
        javax.net.ssl.KeyManagerFactory keys =
                javax.net.ssl.KeyManagerFactory.getInstance(javax.net.ssl.KeyManagerFactory.getDefaultAlgorithm());
        char[] password = {'x'};
        keys.init(client.current().keyStore(password), password);
        javax.net.ssl.SSLContext context = javax.net.ssl.SSLContext.getInstance("TLS");
        context.init(
                keys.getKeyManagers(),
                io.netty.handler.ssl.util.InsecureTrustManagerFactory.INSTANCE.getTrustManagers(),
                null);
        return context;
    }

    private static javax.net.ssl.SSLContext trustingOnly() throws Exception {
        javax.net.ssl.SSLContext context = javax.net.ssl.SSLContext.getInstance("TLS");
        context.init(null, io.netty.handler.ssl.util.InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
        return context;
    }

    private static boolean isClosedByTheOtherSide(Socket socket) throws IOException {
        try (socket) {
            socket.setSoTimeout(60_000);
            while (socket.getInputStream().read() >= 0) {
                // An alert.
            }
            return true;
        } catch (SocketException e) {
            return true;
        }
    }
}
