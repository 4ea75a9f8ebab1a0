package io.hawser.cluster.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.JdkServer;
import io.hawser.cluster.harness.Testbed;
import io.hawser.testing.Seeds;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A hundred thousand connections that begin with anything: each of them ends soon, and nothing else does. */
final class MutatedHellosIT {

    private static final int ROUNDS = 20;
    private static final int CONNECTIONS = 5000;
    private static final int AT_ONCE = 32;

    /** Every connection must have ended by then: far more than the node's own time limits. */
    private static final int PATIENCE_MILLIS = 30_000;

    @RegisterExtension
    final Testbed bed = new Testbed();

    /** What becomes of a connection once its bytes are sent. */
    private enum End {
        WAIT,
        FINISH,
        RESET
    }

    /**
     * One connection.
     *
     * @param pieces what it sends, each in a segment of its own
     */
    private record Attack(List<byte[]> pieces, End end, InetAddress source) {}

    @Test
    @Timeout(300)
    void everyConnectionEndsAndNothingElseDoes() throws Exception {
        Configuration configuration = new Configuration();
        JdkServer[] backends = new JdkServer[4];
        for (int i = 0; i < backends.length; i++) {
            // Answers anything by a fatal alert (handshake_failure), as a TLS server might.
            backends[i] = bed.plainServer("b" + i, (server, socket) -> {
                if (socket.getInputStream().read(new byte[16_384]) >= 0) {
                    socket.getOutputStream().write(new byte[] {21, 3, 3, 0, 2, 2, 40});
                }
            });
        }
        Fortress.attacked(configuration, "attacked", backends);
        configuration.listener("attacked").set("inspect-timeout", "1s");
        Fortress fortress = Fortress.start(bed, configuration);
        InetSocketAddress address = fortress.address("attacked");
        Mutator mutator = new Mutator();
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        long start = System.nanoTime();
        try {
            Seeds.rounds(ROUNDS, random -> {
                List<Future<?>> attacks = new ArrayList<>();
                for (int i = 0; i < CONNECTIONS; i++) {
                    Attack attack = attack(mutator, random);
                    attacks.add(threads.submit(() -> {
                        attack(address, attack);
                        return true;
                    }));
                }
                for (Future<?> attack : attacks) {
                    attack.get();
                }
            });
        } finally {
            threads.shutdownNow();
        }

        double accepted = fortress.node().metrics().sum("hawser_listener_accepted_total", "listener", "attacked");
        System.out.printf(
                "%.0f hostile connections in %d s%n",
                accepted, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
        if (System.getProperty("hawser.seed") == null) {
            assertThat(accepted).isGreaterThan(0.99 * ROUNDS * CONNECTIONS);
            for (String reason :
                    List.of("hello-incomplete", "hello-malformed", "hello-timeout", "hello-too-large", "not-tls")) {
                assertThat(fortress.errors("attacked", reason)).as(reason).isPositive();
            }
        }
        fortress.assertUnharmed("attacked");
    }

    private static Attack attack(Mutator mutator, Random random) throws IOException {
        List<byte[]> pieces = pieces(mutator.next(random), random);
        int chance = random.nextInt(200);
        // Who waits may have to wait for the node's time limit: those are few.
        End end = chance < 1 ? End.WAIT : chance < 170 ? End.FINISH : End.RESET;
        // Many addresses, or the ports that the kernel still keeps closed would run out.
        InetAddress source = InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) (1 + random.nextInt(100))});
        return new Attack(pieces, end, source);
    }

    private static List<byte[]> pieces(byte[] bytes, Random random) {
        int[] cuts = new int[random.nextInt(4)];
        for (int i = 0; i < cuts.length; i++) {
            cuts[i] = random.nextInt(bytes.length + 1);
        }
        Arrays.sort(cuts);
        List<byte[]> pieces = new ArrayList<>();
        int from = 0;
        for (int cut : cuts) {
            pieces.add(Arrays.copyOfRange(bytes, from, cut));
            from = cut;
        }
        pieces.add(Arrays.copyOfRange(bytes, from, bytes.length));
        return pieces;
    }

    private static void attack(InetSocketAddress address, Attack attack) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(attack.source(), 0));
            socket.connect(address, PATIENCE_MILLIS);
            try {
                for (byte[] piece : attack.pieces()) {
                    socket.getOutputStream().write(piece);
                }
                if (attack.end() == End.RESET) {
                    socket.setSoLinger(true, 0);
                    return;
                }
                if (attack.end() == End.FINISH) {
                    socket.shutdownOutput();
                }
                InputStream in = socket.getInputStream();
                while (in.read() >= 0) {
                    // An alert, or what the backend said.
                }
            } catch (SocketTimeoutException e) {
                throw new AssertionError(
                        "the node left a connection open: "
                                + attack.pieces().stream().map(Arrays::toString).toList(),
                        e);
            } catch (SocketException e) {
                // Reset: an end like any other.
            }
        }
    }
}
