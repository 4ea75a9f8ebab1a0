package io.hawser.vip;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.net.IpAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Byte for byte; that a kernel takes them so is seen between namespaces. */
final class TickleTest {

    @Test
    void asksAClientOfIpv4() {
        Flow flow = new Flow(address("198.51.100.14"), 43210, address("198.51.100.100"), 443);
        assertThat(HexFormat.of().formatHex(new TickleAck(flow, 0).toBytes()))
                .isEqualTo("45000028000040004006e5f6" + "c6336464" + "c633640e" + "01bb" + "a8ca" + "00000000"
                        + "00000000" + "5010" + "04d2" + "aba3" + "0000");
    }

    @Test
    void asksAClientOfIpv6() {
        Flow flow = new Flow(address("2001:db8:100::e"), 43210, address("2001:db8:100::100"), 443);
        assertThat(HexFormat.of().formatHex(new TickleAck(flow, 1 << 31).toBytes()))
                .isEqualTo("6000000000140640" + "20010db8010000000000000000000100"
                        + "20010db801000000000000000000000e" + "01bb" + "a8ca" + "80000000" + "00000000" + "5010"
                        + "04d2" + "21fd" + "0000");
    }

    @Test
    void asksEachTwiceAndNotAllAtOnce() {
        Set<Flow> flows = new HashSet<>();
        for (int port = 1; port <= 1000; port++) {
            flows.add(new Flow(address("198.51.100.14"), port, address("198.51.100.100"), 443));
        }
        TickleRun run = new TickleRun(flows);
        List<TickleAck> sent = new ArrayList<>();
        long millis = 0;
        while (!run.isOver()) {
            List<TickleAck> some = run.next();
            assertThat(some).hasSizeBetween(1, 200);
            sent.addAll(some);
            millis += run.pauseMillis();
        }
        assertThat(sent).doesNotHaveDuplicates().hasSize(2000);
        assertThat(sent.subList(0, 1000)).extracting(TickleAck::sequence).containsOnly(0);
        assertThat(sent.subList(0, 1000)).extracting(TickleAck::flow).containsExactlyInAnyOrderElementsOf(flows);
        assertThat(millis).as("a second between two to one client").isBetween(1080L, 2100L);
    }

    @Test
    void isOverWhenThereIsNobody() {
        assertThat(new TickleRun(List.of()).isOver()).isTrue();
    }

    private static IpAddress address(String text) {
        return Objects.requireNonNull(IpAddress.tryParse(text));
    }
}
