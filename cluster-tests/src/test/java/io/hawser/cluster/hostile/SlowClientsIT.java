package io.hawser.cluster.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.cluster.harness.CapturedHellos;
import io.hawser.cluster.harness.Configuration;
import io.hawser.cluster.harness.Testbed;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Thousands of clients that send their hello byte by byte, all at once: they are served where there is time for it, and
 * else cut off in time, however busily they go on.
 */
final class SlowClientsIT {

    private static final int CLIENTS = 3000;
    private static final int SINGLE_BYTES = 60;

    @RegisterExtension
    final Testbed bed = new Testbed();

    @Test
    @Timeout(120)
    void thePatientAreServedAndTheOthersCutOff() throws Exception {
        Configuration configuration = new Configuration();
        Fortress.attacked(configuration, "attacked", bed.plainServer("b1", (server, socket) -> {
            if (socket.getInputStream().read() >= 0) {
                socket.getOutputStream().write('!');
            }
        }));
        configuration.listener("attacked").set("inspect-timeout", "100s");
        configuration.listener("impatient").route("attacked").set("inspect-timeout", "1s");
        Fortress fortress = Fortress.start(bed, configuration);
        InetSocketAddress patient = fortress.address("attacked");
        InetSocketAddress impatient = fortress.address("impatient");
        List<byte[]> hellos = CapturedHellos.all().stream()
                .filter(hello -> hello.length < 300)
                .toList();
        List<SlowClient> served = new ArrayList<>();
        List<SlowClient> cutOff = new ArrayList<>();
        byte[] longest = CapturedHellos.all().stream()
                .max(Comparator.comparingInt(hello -> hello.length))
                .orElseThrow();
        for (int i = 0; i < CLIENTS / 2; i++) {
            byte[] hello = hellos.get(i % hellos.size());
            served.add(bed.closing(new SlowClient(patient, ByteBuffer.wrap(hello))));
            cutOff.add(bed.closing(new SlowClient(impatient, ByteBuffer.wrap(longest))));
        }

        // Single bytes where they cut through the headers and before the end; all between costs time and shows no more.
        sendByteByByte(served, cutOff);
        Awaitility.await("all are cut off, though none of them stops")
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> {
                    sendOneByte(List.of(), cutOff);
                    assertThat(fortress.errors("impatient", "hello-timeout")).isEqualTo(CLIENTS / 2.0);
                });
        for (SlowClient client : served) {
            client.sendUpTo(SINGLE_BYTES);
        }
        sendByteByByte(served, List.of());
        for (SlowClient client : served) {
            assertThat(client.read()).isEqualTo('!');
            client.close();
        }
        fortress.assertUnharmed("attacked", "impatient");
    }

    private static void sendByteByByte(List<SlowClient> served, List<SlowClient> cutOff) throws IOException {
        for (int i = 0; i < SINGLE_BYTES; i++) {
            sendOneByte(served, cutOff);
        }
    }

    private static void sendOneByte(List<SlowClient> served, List<SlowClient> cutOff) throws IOException {
        for (SlowClient client : served) {
            client.sendOneByte();
        }
        for (SlowClient client : cutOff) {
            try {
                client.sendOneByte();
            } catch (IOException e) {
                // It is cut off already.
                assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe).*");
            }
        }
    }

    /** A client that sends one byte at a time. */
    private record SlowClient(SocketChannel channel, ByteBuffer hello) implements AutoCloseable {

        SlowClient(InetSocketAddress address, ByteBuffer hello) throws IOException {
            this(SocketChannel.open(address), hello);
            channel.socket().setTcpNoDelay(true);
            channel.socket().setSoTimeout(30_000);
        }

        void sendOneByte() throws IOException {
            int written = channel.write(hello.slice().limit(1));
            assertThat(written).isOne();
            hello.position(hello.position() + 1);
        }

        /** Sends all but so many bytes. */
        void sendUpTo(int left) throws IOException {
            int length = hello.remaining() - left;
            int written = channel.write(hello.slice().limit(length));
            assertThat(written).isEqualTo(length);
            hello.position(hello.position() + length);
        }

        int read() throws IOException {
            return channel.socket().getInputStream().read();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
