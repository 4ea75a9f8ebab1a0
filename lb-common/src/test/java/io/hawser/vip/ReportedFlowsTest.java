package io.hawser.vip;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.net.IpAddress;
import io.hawser.testing.Seeds;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ReportedFlowsTest {

    private static final IpAddress VIP = address("198.51.100.100");
    private static final IpAddress HOLDER = address("198.51.100.11");
    private static final IpAddress OTHER = address("198.51.100.12");

    private final ReportedFlows reported = new ReportedFlows(100);

    @Test
    void knowsAtOnceWhatHasBegunAndEnded() {
        FlowReporter reporter = new FlowReporter("a", VIP, 100);
        reported.take(reporter.next(HOLDER, flows(1, 2, 3)), 0);
        assertThat(reported.of("a", VIP)).isEqualTo(flows(1, 2, 3));
        reported.take(reporter.next(HOLDER, flows(2, 4)), 0);
        assertThat(reported.of("a", VIP)).isEqualTo(flows(2, 4));
        assertThat(reported.holder("a", VIP)).isEqualTo(HOLDER);
        assertThat(reported.size()).isEqualTo(2);
        assertThat(reported.of("a", OTHER)).isEmpty();
    }

    /** Whatever was lost before. */
    @Test
    void isRightAfterARoundOfReports() {
        Seeds.rounds(30, random -> {
            ReportedFlows receiver = new ReportedFlows(1000);
            FlowReporter reporter = new FlowReporter("a", VIP, 1000);
            Set<Flow> open = new HashSet<>();
            for (int i = 0; i < 100; i++) {
                change(open, random);
                FlowReport report = reporter.next(HOLDER, Set.copyOf(open));
                if (random.nextInt(3) > 0) {
                    receiver.take(report, i);
                }
            }
            for (int i = 0; i < FlowReport.PARTS; i++) {
                receiver.take(reporter.next(HOLDER, open), 100);
            }
            assertThat(receiver.of("a", VIP)).isEqualTo(open);
        });
    }

    private static void change(Set<Flow> open, Random random) {
        for (int i = random.nextInt(20); i > 0; i--) {
            open.add(flow(random.nextInt(500)));
            open.remove(flow(random.nextInt(500)));
        }
    }

    @Test
    void partsAreOfLikeSize() {
        int[] sizes = new int[FlowReport.PARTS];
        for (int port = 0; port < 3200; port++) {
            sizes[FlowReport.partOf(flow(port))]++;
        }
        assertThat(sizes).as("of 3200 connections of one client").satisfies(all -> {
            for (int size : all) {
                assertThat(size).isBetween(50, 200);
            }
        });
    }

    @Test
    void tellsOfNoMoreThanItMay() {
        FlowReporter reporter = new FlowReporter("a", VIP, 2);
        reported.take(reporter.next(HOLDER, flows(1, 2)), 0);
        reported.take(reporter.next(HOLDER, flows(1, 2, 3, 4)), 0);
        assertThat(reporter.untold()).isEqualTo(2);
        assertThat(reported.of("a", VIP)).as("those it told of").isEqualTo(flows(1, 2));
        reported.take(reporter.next(HOLDER, flows(2, 3)), 0);
        assertThat(reporter.untold()).isZero();
        assertThat(reported.of("a", VIP)).isEqualTo(flows(2, 3));
    }

    @Test
    void believesNoMoreThanItMayAndNothingThatCantBe() {
        ReportedFlows few = new ReportedFlows(2);
        few.take(new FlowReport("a", VIP, HOLDER, 0, List.of(), List.copyOf(flows(1, 2, 3)), List.of()), 0);
        assertThat(few.size()).isEqualTo(2);
        Flow elsewhere = new Flow(HOLDER, 1, OTHER, 443);
        Flow mixed = new Flow(address("2001:db8::1"), 1, VIP, 443);
        reported.take(new FlowReport("a", VIP, HOLDER, 0, List.of(), List.of(elsewhere, mixed), List.of()), 0);
        reported.take(
                new FlowReport("b", VIP, address("2001:db8::1"), 0, List.of(), List.copyOf(flows(1)), List.of()), 0);
        assertThat(reported.size()).isZero();
        assertThat(reported.holder("b", VIP)).isNull();
    }

    @Test
    void handsEachConnectionToTheNodeItLivesOn() {
        reported.take(new FlowReporter("a", VIP, 100).next(HOLDER, flows(1, 2)), 0);
        reported.take(new FlowReporter("b", VIP, 100).next(OTHER, flows(2, 3)), 0);
        assertThat(reported.holders(VIP, Set.of(), "b"))
                .as("the last owner knows better")
                .isEqualTo(Map.of(flow(1), HOLDER, flow(2), OTHER, flow(3), OTHER));
        assertThat(reported.holders(VIP, Set.of(), "a")).containsEntry(flow(2), HOLDER);
        assertThat(reported.holders(VIP, Set.of("a"), "b")).containsOnlyKeys(flow(2), flow(3));
    }

    @Test
    void forgetsWhoIsSilentForLong() {
        reported.take(new FlowReporter("a", VIP, 100).next(HOLDER, flows(1)), 0);
        assertThat(reported.isSilent("a", VIP, 9_000_000_000L)).isFalse();
        assertThat(reported.isSilent("a", VIP, 11_000_000_000L)).isTrue();
        assertThat(reported.isSilent("b", VIP, 11_000_000_000L))
                .as("it never spoke")
                .isFalse();
        reported.expire(50_000_000_000L);
        assertThat(reported.size()).as("its VIP's next owner may want to know").isEqualTo(1);
        reported.expire(61_000_000_000L);
        assertThat(reported.size()).isZero();
        reported.take(new FlowReporter("a", VIP, 100).next(HOLDER, flows(1)), 0);
        reported.forget("a", VIP);
        assertThat(reported.size()).isZero();
    }

    private static Set<Flow> flows(int... ports) {
        Set<Flow> flows = new HashSet<>();
        for (int port : ports) {
            flows.add(flow(port));
        }
        return flows;
    }

    private static Flow flow(int port) {
        return new Flow(address("203.0.113.9"), port, VIP, 443);
    }

    private static IpAddress address(String text) {
        return Objects.requireNonNull(IpAddress.tryParse(text));
    }
}
