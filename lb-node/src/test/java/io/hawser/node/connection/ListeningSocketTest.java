package io.hawser.node.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.limit.AccessList;
import io.hawser.net.Endpoint;
import io.hawser.node.logging.AccessLog;
import io.hawser.node.metrics.NodeMetrics;
import io.hawser.node.transport.Transport;
import io.hawser.route.RouteTable;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ListeningSocketTest {

    private final DataPath dataPath = new DataPath(
            "n1",
            Transport.of(Transport.Choice.AUTO),
            2,
            100,
            new NodeMetrics(new CollectorRegistry(), "v", "r"),
            AccessLog.off(),
            System::nanoTime);

    @AfterEach
    void stop() {
        dataPath.stop();
    }

    @Test
    void saysWhichListenerCannotListenWhereAndWhatToDo() throws IOException {
        try (ServerSocket taken = loopbackSocket(0)) {
            Endpoint address = new Endpoint("127.0.0.1", taken.getLocalPort());

            assertThatThrownBy(() -> dataPath.listen(List.of(listener(address))))
                    .isInstanceOf(ListenException.class)
                    .hasMessageStartingWith("listener web can't listen on " + address)
                    .hasMessageContaining("in use")
                    .hasMessageEndingWith("stop what listens there, or choose another port");
        }
    }

    @Test
    void leavesNoAddressBoundWhenAnotherOneCannotBe() throws IOException {
        int free;
        try (ServerSocket reserved = loopbackSocket(0)) {
            free = reserved.getLocalPort();
        }
        try (ServerSocket taken = loopbackSocket(0)) {
            Endpoint first = new Endpoint("127.0.0.1", free);
            Endpoint second = new Endpoint("127.0.0.1", taken.getLocalPort());

            assertThatThrownBy(() -> dataPath.listen(List.of(listener(first, second))))
                    .isInstanceOf(ListenException.class);
        }

        try (ServerSocket again = loopbackSocket(free)) {
            assertThat(again.isBound()).isTrue();
        }
    }

    private static ServerSocket loopbackSocket(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    }

    private static ListenerSettings listener(Endpoint... bind) {
        return new ListenerSettings(
                "web",
                List.of(bind),
                true,
                1_000_000_000,
                List.of(),
                AccessList.of(List.of(), List.of()),
                10,
                0,
                0,
                128,
                new RouteTable<>(List.of()));
    }
}
