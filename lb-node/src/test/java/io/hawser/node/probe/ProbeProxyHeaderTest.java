package io.hawser.node.probe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hawser.node.probe.ProbeOutcome.Passed;
import io.hawser.node.probe.ProbeSettings.Check;
import io.hawser.node.probe.ProbeSettings.ProxyHeaderVersion;
import io.hawser.node.testing.LeakGate;
import io.hawser.node.transport.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.Future;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Backends that close a connection which does not begin with a PROXY header. */
@ExtendWith(LeakGate.class)
final class ProbeProxyHeaderTest {

    private static final Duration AMPLE = Duration.ofSeconds(20);

    private static EventLoopGroup group;
    private static SSLContext tls;
    private final List<String> headers = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        group = new MultiThreadIoEventLoopGroup(
                1, Transport.of(Transport.Choice.NIO).ioHandler().get());
        tls = SSLContext.getInstance("TLS");
        tls.init(new Certificates().good().toKeyManagerFactory().getKeyManagers(), null, null);
    }

    @AfterAll
    static void stop() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static String expected(ProxyHeaderVersion version) {
        return switch (version) {
            case NONE -> "";
            case V1 -> "PROXY UNKNOWN\r\n";
            case V2 -> "\r\n\r\n\0\r\nQUIT\n \0\0\0";
        };
    }

    private ScriptedBackend backend(Check check, ProxyHeaderVersion version) throws Exception {
        String wanted = expected(version);
        return ScriptedBackend.plain(connection -> {
            String header = new String(connection.getInputStream().readNBytes(wanted.length()), ISO_8859_1);
            headers.add(header);
            if (!header.equals(wanted)) {
                connection.close();
                return;
            }
            Socket inside = connection;
            if (check.usesTls()) {
                inside = tls.getSocketFactory().createSocket(connection, null, true);
                ((SSLSocket) inside).startHandshake();
            }
            if (check.usesHttp()) {
                while (inside.getInputStream().read() != '\n') {
                    // To the end of the request's line.
                }
                inside.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
            }
        });
    }

    private static ProbeSettings settings(Check check, ProxyHeaderVersion version) {
        return new ProbeSettings(check, AMPLE, null, "/", 200, 399, PeerTrust.anyone(), version);
    }

    private ProbeOutcome outcome(Attempt attempt) throws Exception {
        CompletableFuture<ProbeOutcome> ended = new CompletableFuture<>();
        group.next().execute(() -> attempt.start()
                .addListener((Future<ProbeOutcome> outcome) -> ended.complete(outcome.getNow())));
        return ended.get(60, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @CsvSource({"TCP,V1", "TCP,V2", "TLS,V1", "TLS,V2", "HTTP,V1", "HTTP,V2", "HTTPS,V1", "HTTPS,V2"})
    void beginsWithAHeaderThatNamesNobody(Check check, ProxyHeaderVersion version) throws Exception {
        try (ScriptedBackend backend = backend(check, version)) {
            Probe probe = new Probe(
                    group.next(),
                    Transport.of(Transport.Choice.NIO).channel(),
                    backend.address(),
                    settings(check, version),
                    "hawser");
            assertThat(outcome(probe)).isInstanceOf(Passed.class);
            await().untilAsserted(() -> assertThat(headers).containsExactly(expected(version)));
        }
    }

    @ParameterizedTest
    @CsvSource({"NONE", "V1", "V2"})
    void asksForTicketsBehindAHeaderToo(ProxyHeaderVersion version) throws Exception {
        List<byte[]> tickets = new CopyOnWriteArrayList<>();
        try (ScriptedBackend backend = backend(Check.TLS, version)) {
            TicketProbe probe = new TicketProbe(
                    group.next(),
                    Transport.of(Transport.Choice.NIO).channel(),
                    backend.address(),
                    settings(Check.TLS, version),
                    tickets::addAll);
            assertThat(outcome(probe)).isInstanceOf(Passed.class);
            assertThat(tickets).isNotEmpty();
            assertThat(headers).hasSizeGreaterThan(1).containsOnly(expected(version));
        }
    }
}
