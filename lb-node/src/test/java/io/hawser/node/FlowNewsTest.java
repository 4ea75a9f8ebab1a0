package io.hawser.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.net.IpAddress;
import io.hawser.node.state.MessageException;
import io.hawser.node.state.MessageReader;
import io.hawser.node.state.MessageWriter;
import io.hawser.vip.Flow;
import io.hawser.vip.FlowReport;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class FlowNewsTest {

    private static final IpAddress VIP = address("2001:db8::100");

    private final FlowReport report = new FlowReport(
            "lb1",
            VIP,
            address("2001:db8::1"),
            31,
            List.of(flow(1), flow(65535)),
            List.of(flow(65535)),
            List.of(flow(40000)));

    @Test
    void arrivesAsItWasTold() throws MessageException {
        assertThat(FlowNews.read(new MessageReader(written(), 1))).isEqualTo(report);
    }

    @Test
    void isRefusedWhenItIsCutOff() {
        byte[] all = written();
        for (int length = 1; length < all.length; length++) {
            byte[] some = Arrays.copyOf(all, length);
            assertThatThrownBy(() -> FlowNews.read(new MessageReader(some, 1)))
                    .as("after %d of %d bytes", length, all.length)
                    .isInstanceOf(MessageException.class);
        }
    }

    private byte[] written() {
        MessageWriter message = new MessageWriter(1);
        FlowNews.write(report, message);
        return message.toBytes();
    }

    private static Flow flow(int clientPort) {
        return new Flow(address("2001:db8:9::9"), clientPort, VIP, 65535);
    }

    private static IpAddress address(String text) {
        return Objects.requireNonNull(IpAddress.tryParse(text));
    }
}
