package io.hawser.node.probe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hawser.node.probe.ProbeOutcome.Cause;
import io.hawser.node.probe.ProbeOutcome.Failed;
import io.hawser.node.probe.ProbeOutcome.NotTried;
import io.hawser.node.probe.ProbeOutcome.Passed;
import io.hawser.node.probe.ProbeSettings.Check;
import io.hawser.node.probe.ProbeSettings.ProxyHeaderVersion;
import io.hawser.node.testing.LeakGate;
import io.hawser.node.transport.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Probes of real servers. */
@ExtendWith(LeakGate.class)
final class ProbeTest {

    /** For what must pass: a machine may be busy. */
    private static final Duration AMPLE = Duration.ofSeconds(20);

    /** For what must time out. */
    private static final Duration SHORT = Duration.ofMillis(300);

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

    private static EventLoopGroup group;
    private static Transport transport;
    private static Certificates certificates;

    @BeforeAll
    static void start() throws Exception {
        transport = Transport.of(Transport.Choice.AUTO);
        group = new MultiThreadIoEventLoopGroup(1, transport.ioHandler().get());
        certificates = new Certificates();
    }

    @AfterAll
    static void stop() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static ProbeOutcome probe(InetSocketAddress address, ProbeSettings settings) throws Exception {
        return probe(group.next(), transport.channel(), address, settings);
    }

    private static ProbeOutcome probe(
            EventLoop loop,
            ChannelFactory<? extends Channel> channels,
            InetSocketAddress address,
            ProbeSettings settings)
            throws Exception {
        return start(loop, new Probe(loop, channels, address, settings, "hawser-health/1.2.3"))
                .get(60, TimeUnit.SECONDS);
    }

    private static CompletableFuture<ProbeOutcome> start(EventLoop loop, Probe probe) {
        CompletableFuture<ProbeOutcome> ended = new CompletableFuture<>();
        loop.execute(() -> probe.start().addListener((Future<ProbeOutcome> outcome) -> {
            if (outcome.isSuccess()) {
                ended.complete(outcome.getNow());
            } else {
                ended.completeExceptionally(outcome.cause());
            }
        }));
        return ended;
    }

    /** Probes until the outcome says something of the backend: a busy machine's timers come late now and then. */
    private static ProbeOutcome tried(InetSocketAddress address, ProbeSettings settings) throws Exception {
        ProbeOutcome outcome = probe(address, settings);
        for (int i = 0; i < 50 && outcome instanceof NotTried; i++) {
            outcome = probe(address, settings);
        }
        return outcome;
    }

    private static ProbeSettings settings(Check check) {
        return ProbeSettings.of(check, AMPLE);
    }

    private static ProbeSettings settings(Check check, @Nullable String name, PeerTrust trust) {
        return new ProbeSettings(check, AMPLE, name, "/", 200, 399, trust, ProxyHeaderVersion.NONE);
    }

    private static void assertFailed(ProbeOutcome outcome, Cause cause, String why) {
        assertThat(outcome).isInstanceOf(Failed.class);
        assertThat(((Failed) outcome).cause()).as("%s", outcome).isEqualTo(cause);
        assertThat(((Failed) outcome).why()).contains(why).matches("\\P{C}*");
    }

    private static ScriptedBackend.Script answering(String answer) {
        return connection -> {
            readHead(connection);
            connection.getOutputStream().write(answer.getBytes(ISO_8859_1));
        };
    }

    private static String readHead(Socket connection) throws IOException {
        StringBuilder head = new StringBuilder();
        InputStream in = connection.getInputStream();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed after: " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    /** Binds an address without listening: who connects is refused, and nobody else is given its port. */
    private static Socket nobody() throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return socket;
    }

    private static InetSocketAddress address(Socket bound) {
        return (InetSocketAddress) bound.getLocalSocketAddress();
    }

    // Connect.

    @ParameterizedTest
    @EnumSource(
            value = Transport.Choice.class,
            names = {"AUTO", "NIO"})
    void tcpPassesOnceConnectedAndLeavesInOrder(Transport.Choice choice) throws Exception {
        Transport kind = Transport.of(choice);
        EventLoopGroup own = new MultiThreadIoEventLoopGroup(1, kind.ioHandler().get());
        try (ScriptedBackend backend = ScriptedBackend.plain(connection -> {})) {
            assertThat(probe(own.next(), kind.channel(), backend.address(), settings(Check.TCP)))
                    .isInstanceOf(Passed.class);
            assertThat(backend.awaitEnd()).isEqualTo("closed");
        } finally {
            own.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @ParameterizedTest
    @EnumSource(Check.class)
    void saysThatNobodyListens(Check check) throws Exception {
        try (Socket nobody = nobody()) {
            assertFailed(probe(address(nobody), settings(check)), Cause.CONNECT, "connection refused");
        }
    }

    @Test
    void saysThatNobodyListensOnEveryTransport() throws Exception {
        Transport nio = Transport.of(Transport.Choice.NIO);
        EventLoopGroup own = new MultiThreadIoEventLoopGroup(1, nio.ioHandler().get());
        try (Socket nobody = nobody()) {
            assertFailed(
                    probe(own.next(), nio.channel(), address(nobody), settings(Check.TCP)),
                    Cause.CONNECT,
                    "connection refused");
        } finally {
            own.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void saysThatTheConnectTookTooLong() throws Exception {
        // Once nobody accepts and the queue is full, the kernel leaves new SYNs without an answer.
        List<Socket> queue = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            boolean isFull = false;
            while (!isFull) {
                Socket socket = new Socket();
                queue.add(socket);
                try {
                    socket.connect(full.getLocalSocketAddress(), 200);
                } catch (SocketTimeoutException e) {
                    isFull = true;
                }
            }
            assertFailed(
                    tried((InetSocketAddress) full.getLocalSocketAddress(), ProbeSettings.of(Check.TCP, SHORT)),
                    Cause.TIMEOUT,
                    "connect timed out after 300ms");
        } finally {
            for (Socket socket : queue) {
                socket.close();
            }
        }
    }

    @Test
    void saysOnlyOfItselfThatItHasNoDescriptorLeft() throws Exception {
        ProbeOutcome outcome = probe(
                group.next(),
                () -> {
                    throw new ChannelException("Too many open files");
                },
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                settings(Check.TCP));
        assertThat(outcome).isEqualTo(new NotTried("cannot open a connection: Too many open files"));
    }

    @Test
    void saysOnlyOfItselfThatItStoodStill() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.plain(connection -> {})) {
            EventLoop loop = group.next();
            Probe probe = new Probe(
                    loop, transport.channel(), backend.address(), ProbeSettings.of(Check.HTTP, SHORT), "hawser");
            CompletableFuture<ProbeOutcome> outcome = start(loop, probe);
            loop.execute(() -> {
                // What a collection or a paused machine does to the loop.
                long end = System.nanoTime() + 2 * SHORT.toNanos() + Probe.STANDSTILL.toNanos();
                while (System.nanoTime() - end < 0) {
                    LockSupport.parkNanos(end - System.nanoTime());
                }
            });
            assertThat(outcome.get(60, TimeUnit.SECONDS)).isInstanceOf(NotTried.class);
        }
    }

    @Test
    void aCancelledProbeLetsGoAtOnce() throws Exception {
        CountDownLatch accepted = new CountDownLatch(1);
        try (ScriptedBackend backend = ScriptedBackend.plain(connection -> accepted.countDown())) {
            EventLoop loop = group.next();
            Probe probe = new Probe(loop, transport.channel(), backend.address(), settings(Check.HTTP), "hawser");
            CompletableFuture<ProbeOutcome> outcome = start(loop, probe);
            accepted.await();
            loop.execute(probe::cancel);
            await().until(outcome::isCompletedExceptionally);
            assertThat(backend.awaitEnd()).startsWith("closed");
        }
    }

    // TLS.

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void tlsPassesWithEitherVersionAlone(String version) throws Exception {
        AtomicReference<String> spoken = new AtomicReference<>();
        try (ScriptedBackend backend = ScriptedBackend.tls(
                certificates.good(),
                connection -> {
                    ((SSLSocket) connection).startHandshake();
                    spoken.set(((SSLSocket) connection).getSession().getProtocol());
                },
                version)) {
            assertThat(probe(backend.address(), settings(Check.TLS))).isInstanceOf(Passed.class);
            assertThat(backend.awaitEnd()).isEqualTo("closed");
            assertThat(spoken).hasValue(version);
        }
    }

    @ParameterizedTest
    @CsvSource({"shop.example.com, shop.example.com", ","})
    void asksForTheServerName(@Nullable String name, @Nullable String asked) throws Exception {
        List<SNIServerName> names = new ArrayList<>();
        try (ScriptedBackend backend = ScriptedBackend.tls(certificates.good(), connection -> {
            ((SSLSocket) connection).startHandshake();
            names.addAll(((ExtendedSSLSession) ((SSLSocket) connection).getSession()).getRequestedServerNames());
        })) {
            assertThat(probe(backend.address(), settings(Check.TLS, name, PeerTrust.anyone())))
                    .isInstanceOf(Passed.class);
            assertThat(backend.awaitEnd()).isEqualTo("closed");
            assertThat(names.stream().map(sni -> new String(sni.getEncoded(), ISO_8859_1)))
                    .isEqualTo(asked == null ? List.of() : List.of(asked));
        }
    }

    /** Names in use have underscores, which the JDK's servers refuse, and others take. */
    @Test
    void asksForANameWithUnderscores() throws Exception {
        AtomicReference<String> hello = new AtomicReference<>();
        try (ScriptedBackend backend = ScriptedBackend.plain(connection -> {
            hello.set(new String(connection.getInputStream().readNBytes(250), ISO_8859_1));
            connection.shutdownOutput();
        })) {
            probe(backend.address(), settings(Check.TLS, "under_score.example", PeerTrust.anyone()));
            assertThat(hello.get()).contains("under_score.example");
        }
    }

    /** A session that is resumed would not show whether the backend still has a key and a certificate. */
    @Test
    void resumesNoSession() throws Exception {
        List<String> sessions = new ArrayList<>();
        try (ScriptedBackend backend = ScriptedBackend.tls(
                certificates.good(),
                connection -> {
                    ((SSLSocket) connection).startHandshake();
                    sessions.add(Arrays.toString(
                            ((SSLSocket) connection).getSession().getId()));
                },
                "TLSv1.2")) {
            for (int i = 0; i < 2; i++) {
                assertThat(probe(backend.address(), settings(Check.TLS))).isInstanceOf(Passed.class);
                assertThat(backend.awaitEnd()).isEqualTo("closed");
            }
        }
        assertThat(sessions).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void unlessAskedToVerifiesNothing() throws Exception {
        var strange = new CertificateBuilder()
                .subject("CN=nobody")
                .addSanDnsName("other.example.com")
                .notAfter(java.time.Instant.now().minus(Duration.ofDays(1)))
                .notBefore(java.time.Instant.now().minus(Duration.ofDays(2)))
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        try (ScriptedBackend backend =
                ScriptedBackend.tls(strange, connection -> ((SSLSocket) connection).startHandshake())) {
            assertThat(probe(backend.address(), settings(Check.TLS, Certificates.NAME, PeerTrust.anyone())))
                    .isInstanceOf(Passed.class);
        }
    }

    @Test
    void verifiesSignerNameAndTimeWhenAskedTo(@TempDir Path directory) throws Exception {
        PeerTrust trust = PeerTrust.authorities(certificates.authorityFile(directory));
        try (ScriptedBackend backend =
                ScriptedBackend.tls(certificates.good(), connection -> ((SSLSocket) connection).startHandshake())) {
            assertThat(probe(backend.address(), settings(Check.TLS, Certificates.NAME, trust)))
                    .isInstanceOf(Passed.class);
            assertThat(probe(backend.address(), settings(Check.TLS, null, trust)))
                    .as("by its address")
                    .isInstanceOf(Passed.class);
            assertFailed(
                    probe(backend.address(), settings(Check.TLS, "other.example.com", trust)),
                    Cause.TLS,
                    "other.example.com");
            assertFailed(
                    probe(backend.address(), settings(Check.TLS, Certificates.NAME, PeerTrust.platform())),
                    Cause.TLS,
                    "TLS handshake failed: no trusted authority signed the certificate");
        }
        try (ScriptedBackend backend =
                ScriptedBackend.tls(certificates.expired(), connection -> ((SSLSocket) connection).startHandshake())) {
            assertFailed(
                    probe(backend.address(), settings(Check.HTTPS, Certificates.NAME, trust)),
                    Cause.TLS,
                    "TLS handshake failed: the certificate has expired (NotAfter: ");
        }
        try (ScriptedBackend backend = ScriptedBackend.tls(
                certificates.notYetValid(), connection -> ((SSLSocket) connection).startHandshake())) {
            assertFailed(
                    probe(backend.address(), settings(Check.TLS, Certificates.NAME, trust)),
                    Cause.TLS,
                    "TLS handshake failed: the certificate is not valid yet (NotBefore: ");
        }
    }

    @Test
    void tellsABackendWhyItIsNotTrusted() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.tls(certificates.good(), connection -> {
            ((SSLSocket) connection).startHandshake();
            connection.getInputStream().read();
        })) {
            assertFailed(
                    probe(backend.address(), settings(Check.TLS, Certificates.NAME, PeerTrust.platform())),
                    Cause.TLS,
                    "no trusted authority");
            assertThat(backend.awaitEnd()).contains("certificate_unknown");
        }
    }

    @Test
    void saysThatABackendSpeaksNoTls() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.plain(connection ->
                connection.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(ISO_8859_1)))) {
            assertFailed(
                    probe(backend.address(), settings(Check.TLS)),
                    Cause.TLS,
                    "TLS handshake failed: the answer is not TLS");
        }
    }

    @Test
    void saysWhatAlertTheBackendSent() throws Exception {
        byte[] handshakeFailure = {21, 3, 3, 0, 2, 2, 40};
        try (ScriptedBackend backend =
                ScriptedBackend.plain(connection -> connection.getOutputStream().write(handshakeFailure))) {
            assertFailed(probe(backend.address(), settings(Check.TLS)), Cause.TLS, "handshake_failure");
        }
    }

    @Test
    void saysThatTheHandshakeTookTooLong() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.plain(connection -> {})) {
            assertFailed(
                    tried(backend.address(), ProbeSettings.of(Check.HTTPS, SHORT)),
                    Cause.TIMEOUT,
                    "TLS handshake timed out after 300ms");
        }
    }

    @Test
    void saysThatTheBackendLeftDuringTheHandshake() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.plain(connection -> {
            connection.getInputStream().readNBytes(50);
            connection.shutdownOutput();
        })) {
            assertFailed(
                    probe(backend.address(), settings(Check.TLS)), Cause.CLOSED, "closed during the TLS handshake");
        }
        try (ScriptedBackend backend = ScriptedBackend.plain(ProbeTest::reset)) {
            assertFailed(probe(backend.address(), settings(Check.TLS)), Cause.CLOSED, "reset during the TLS handshake");
        }
    }

    private static void reset(Socket connection) throws IOException {
        connection.getInputStream().read();
        connection.setSoLinger(true, 0);
        connection.close();
    }

    // HTTP.

    @Test
    void sendsARequestThatAnyServerTakes() throws Exception {
        AtomicReference<String> request = new AtomicReference<>();
        try (ScriptedBackend backend = ScriptedBackend.plain(connection -> {
            request.set(readHead(connection));
            connection.getOutputStream().write(OK.getBytes(ISO_8859_1));
            connection.shutdownOutput();
        })) {
            ProbeSettings settings = new ProbeSettings(
                    Check.HTTP, AMPLE, null, "/healthz?deep=1", 200, 399, PeerTrust.anyone(), ProxyHeaderVersion.NONE);
            assertThat(probe(backend.address(), settings)).isInstanceOf(Passed.class);
            assertThat(backend.awaitEnd()).isEqualTo("closed");
            assertThat(request)
                    .hasValue("GET /healthz?deep=1 HTTP/1.1\r\nHost: 127.0.0.1:"
                            + backend.address().getPort()
                            + "\r\nUser-Agent: hawser-health/1.2.3\r\nAccept: */*\r\nConnection: close\r\n\r\n");
        }
    }

    @Test
    void namesTheHostOfAnAddressAsRfc3986Does() throws Exception {
        InetAddress v6 = InetAddress.getByName("2001:db8::1");
        assertThat(new String(
                        ProbeRequest.bytes(new InetSocketAddress(v6, 8080), settings(Check.HTTP), "x"), ISO_8859_1))
                .contains("\r\nHost: [2001:db8::1]:8080\r\n");
        assertThat(new String(ProbeRequest.bytes(new InetSocketAddress(v6, 80), settings(Check.HTTP), "x"), ISO_8859_1))
                .contains("\r\nHost: [2001:db8::1]\r\n");
        assertThat(new String(
                        ProbeRequest.bytes(new InetSocketAddress(v6, 443), settings(Check.HTTPS), "x"), ISO_8859_1))
                .contains("\r\nHost: [2001:db8::1]\r\n");
    }

    @Test
    void asksOverTlsForTheNameThatClientsKnow(@TempDir Path directory) throws Exception {
        AtomicReference<String> request = new AtomicReference<>();
        AtomicReference<String> protocol = new AtomicReference<>();
        try (ScriptedBackend backend = ScriptedBackend.tls(certificates.good(), connection -> {
            SSLSocket tls = (SSLSocket) connection;
            tls.setHandshakeApplicationProtocolSelector((socket, offered) -> offered.get(0));
            request.set(readHead(tls));
            protocol.set(tls.getApplicationProtocol());
            tls.getOutputStream().write(OK.getBytes(ISO_8859_1));
            tls.shutdownOutput();
        })) {
            PeerTrust trust = PeerTrust.authorities(certificates.authorityFile(directory));
            assertThat(probe(backend.address(), settings(Check.HTTPS, Certificates.NAME, trust)))
                    .isInstanceOf(Passed.class);
            assertThat(backend.awaitEnd()).isEqualTo("closed");
        }
        assertThat(request.get()).contains("\r\nHost: shop.example.com\r\n");
        assertThat(protocol).hasValue("http/1.1");
    }

    @ParameterizedTest
    @CsvSource({
        "200, 200-399, ",
        "399, 200-399, ",
        "400, 200-399, 'HTTP status 400, expected 200-399'",
        "199, 200-399, 'no HTTP status line after'",
        "101, 200-399, 'HTTP status 101, expected 200-399'",
        "503, 503-503, ",
        "200, 503-503, 'HTTP status 200, expected 503'",
        "999, 100-599, 'HTTP status 999, expected 100-599'",
    })
    void comparesTheStatus(int status, String expected, @Nullable String why) throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.plain(answering("HTTP/1.1 " + status + " So\r\n\r\n"))) {
            ProbeSettings settings = new ProbeSettings(
                    Check.HTTP,
                    status == 199 ? SHORT : AMPLE,
                    null,
                    "/",
                    Integer.parseInt(expected.substring(0, 3)),
                    Integer.parseInt(expected.substring(4)),
                    PeerTrust.anyone(),
                    ProxyHeaderVersion.NONE);
            ProbeOutcome outcome = tried(backend.address(), settings);
            if (why == null) {
                assertThat(outcome).isInstanceOf(Passed.class);
            } else {
                assertFailed(outcome, status == 199 ? Cause.TIMEOUT : Cause.STATUS, why);
            }
        }
    }

    @Test
    void isContentWithTheStatusLineOfALargeAnswer() throws Exception {
        try (ScriptedBackend backend =
                ScriptedBackend.plain(answering("HTTP/1.1 200 OK\r\nX: " + "x".repeat(1_000_000)))) {
            assertThat(probe(backend.address(), settings(Check.HTTP))).isInstanceOf(Passed.class);
        }
    }

    @Test
    void waitsForASlowStatusLine() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.plain(connection -> {
            connection.setTcpNoDelay(true);
            readHead(connection);
            for (char c : "HTTP/1.1 103 Hints\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n".toCharArray()) {
                connection.getOutputStream().write(c);
                LockSupport.parkNanos(1_000_000);
            }
        })) {
            assertThat(probe(backend.address(), settings(Check.HTTP))).isInstanceOf(Passed.class);
        }
    }

    @Test
    void waitsNoLongerThanTheTimeoutForOne() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.plain(connection -> {
            readHead(connection);
            connection.getOutputStream().write("HTTP/1.1 200 O".getBytes(ISO_8859_1));
        })) {
            assertFailed(
                    tried(backend.address(), ProbeSettings.of(Check.HTTP, SHORT)),
                    Cause.TIMEOUT,
                    "no HTTP status line after 300ms");
        }
    }

    @Test
    void readsNoEndlessAnswer() throws Exception {
        try (ScriptedBackend backend =
                ScriptedBackend.plain(answering("HTTP/1.1 200 " + "O".repeat(2 * Probe.MOST_ANSWER_BYTES)))) {
            assertFailed(
                    probe(backend.address(), settings(Check.HTTP)), Cause.ANSWER, "answer larger than 65536 bytes");
        }
    }

    @Test
    void saysThatTheAnswerIsNotHttp() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.plain(answering("-ERR unknown command\u001b[2J\r\n"))) {
            assertFailed(
                    probe(backend.address(), settings(Check.HTTP)),
                    Cause.ANSWER,
                    "the answer is not HTTP/1, it begins with '-ERR unknown ");
        }
        byte[] alert = {21, 3, 3, 0, 2, 2, 40};
        try (ScriptedBackend backend = ScriptedBackend.plain(answering(new String(alert, ISO_8859_1)))) {
            assertFailed(
                    probe(backend.address(), settings(Check.HTTP)), Cause.ANSWER, "it begins with '\\x15\\x03\\x03");
        }
    }

    @Test
    void saysThatTheBackendLeftWithoutAnAnswer() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.plain(connection -> {
            readHead(connection);
            connection.shutdownOutput();
        })) {
            assertFailed(probe(backend.address(), settings(Check.HTTP)), Cause.CLOSED, "closed before the answer");
        }
        try (ScriptedBackend backend = ScriptedBackend.plain(ProbeTest::reset)) {
            assertFailed(probe(backend.address(), settings(Check.HTTP)), Cause.CLOSED, "reset before the answer");
        }
        try (ScriptedBackend backend = ScriptedBackend.tls(certificates.good(), connection -> {
            readHead(connection);
            ((SSLSocket) connection).shutdownOutput();
        })) {
            assertFailed(probe(backend.address(), settings(Check.HTTPS)), Cause.CLOSED, "closed before the answer");
        }
    }

    @Test
    void aBackendThatDoesNotHangUpIsLeftAfterAMoment() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.plain(answering(OK))) {
            long start = System.nanoTime();
            assertThat(probe(backend.address(), settings(Check.HTTP))).isInstanceOf(Passed.class);
            assertThat(System.nanoTime() - start).isLessThan(AMPLE.toNanos());
            assertThat(backend.awaitEnd()).isEqualTo("closed");
        }
    }
}
