package io.hawser.node.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.affinity.IssuerNames;
import io.hawser.node.probe.ProbeOutcome.Passed;
import io.hawser.node.testing.LeakGate;
import io.hawser.node.transport.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a backend's tickets are worth must not depend on how quick it is. */
@ExtendWith(LeakGate.class)
final class TicketProbeTest {

    private static final Duration AMPLE = Duration.ofSeconds(20);

    private static EventLoopGroup group;

    @BeforeAll
    static void start() {
        group = new MultiThreadIoEventLoopGroup(
                1, Transport.of(Transport.Choice.NIO).ioHandler().get());
    }

    @AfterAll
    static void stop() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void waitsForTicketsThatComeLate() throws Exception {
        try (ScriptedBackend backend = ScriptedBackend.tls(
                        new Certificates().good(),
                        connection -> connection.getInputStream().transferTo(OutputStream.nullOutputStream()));
                ScriptedBackend slow = late(backend)) {
            List<byte[]> tickets = new CopyOnWriteArrayList<>();
            assertThat(outcome(slow, tickets)).isInstanceOf(Passed.class);
            assertThat(tickets).hasSize(2);
            assertThat(IssuerNames.commonLength(tickets)).isEqualTo(4);
        }
    }

    /** What it says after the handshake arrives 300 ms after whatever it follows. */
    private static ScriptedBackend late(ScriptedBackend backend) throws IOException {
        return ScriptedBackend.plain(client -> {
            try (Socket server =
                    new Socket(backend.address().getAddress(), backend.address().getPort())) {
                Thread back = new Thread(() -> {
                    try {
                        pass(server.getInputStream(), client.getOutputStream(), 300);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
                back.setDaemon(true);
                back.setUncaughtExceptionHandler((thread, e) -> assertThat(e).isNotNull());
                back.start();
                pass(client.getInputStream(), server.getOutputStream(), 0);
            }
        });
    }

    private static void pass(InputStream from, OutputStream to, long delayMillis) throws IOException {
        byte[] bytes = new byte[16_384];
        for (int count = from.read(bytes); count >= 0; count = from.read(bytes)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(delayMillis));
            to.write(bytes, 0, count);
        }
    }

    private static ProbeOutcome outcome(ScriptedBackend backend, List<byte[]> tickets) throws Exception {
        CompletableFuture<ProbeOutcome> ended = new CompletableFuture<>();
        TicketProbe probe = new TicketProbe(
                group.next(),
                Transport.of(Transport.Choice.NIO).channel(),
                backend.address(),
                ProbeSettings.of(ProbeSettings.Check.TLS, AMPLE),
                tickets::addAll);
        group.next().execute(() -> probe.start()
                .addListener((Future<ProbeOutcome> outcome) -> ended.complete(outcome.getNow())));
        return ended.get(60, TimeUnit.SECONDS);
    }
}
