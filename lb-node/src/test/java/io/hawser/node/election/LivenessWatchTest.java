package io.hawser.node.election;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hawser.vip.Candidacy;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What nodes see of each other, over either family. */
final class LivenessWatchTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Set<String> refused = new CopyOnWriteArraySet<>();
    private final Set<String> reached = new CopyOnWriteArraySet<>();

    @AfterEach
    void end() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1"})
    void tellsWhoLivesFromWhoDoesNot(String host) throws Exception {
        InetSocketAddress anyPort = new InetSocketAddress(host, 0);
        LivenessPort dead = LivenessPort.open(loops, NioServerSocketChannel::new, anyPort);
        try (LivenessPort living = LivenessPort.open(loops, NioServerSocketChannel::new, anyPort);
                LivenessWatch watch =
                        new LivenessWatch(loops.next(), NioSocketChannel::new, refused::add, reached::add)) {
            List<Candidacy> all = List.of(candidacy("self", living), candidacy("a", living), candidacy("b", dead));
            assertThat(LivenessWatch.hostOf(all.get(1))).isNotNull();
            dead.close();
            watch.become("self", all);
            await().atMost(PATIENCE).until(() -> reached.contains("a") && refused.contains("b"));
            assertThat(reached).containsExactly("a");
            assertThat(refused).containsExactly("b");
        }
    }

    private static Candidacy candidacy(String node, LivenessPort port) {
        return new Candidacy(node, true, false, Set.of("web"), port.address());
    }
}
