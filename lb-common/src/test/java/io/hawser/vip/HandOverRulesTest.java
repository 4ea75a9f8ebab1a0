package io.hawser.vip;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.net.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the scripts say; what the kernel makes of them is seen between namespaces. */
final class HandOverRulesTest {

    private static final IpAddress HOLDER = address("198.51.100.11");

    private final HandOverRules rules = HandOverRules.of(address("198.51.100.100"), "eth0");

    @Test
    void handsConnectionsToANode() {
        assertThat(rules.addHolder(HOLDER).lines())
                .containsExactly(
                        "add set netdev hawser_c6336464 on_c633640b { type ipv4_addr . inet_service . inet_service;"
                                + " flags dynamic; size 262144; }",
                        "add rule netdev hawser_c6336464 hand ip saddr . tcp sport . tcp dport @on_c633640b"
                                + " fwd ip to 198.51.100.11 device \"eth0\"",
                        "add rule netdev hawser_c6336464 keep delete @on_c633640b { ip saddr . tcp sport . tcp dport }");
        assertThat(rules.hand(HOLDER, List.of(flow(1))))
                .isEqualTo("add element netdev hawser_c6336464 on_c633640b { 203.0.113.9 . 1 . 443 }\n");
    }

    @Test
    void saysNothingOfNone() {
        assertThat(rules.hand(HOLDER, List.of())).isEmpty();
        assertThat(rules.own(List.of())).isEmpty();
    }

    @Test
    void breaksManyIntoLines() {
        List<Flow> flows = new ArrayList<>();
        for (int port = 1; port <= 5000; port++) {
            flows.add(flow(port));
        }
        assertThat(rules.hand(HOLDER, flows).lines())
                .hasSize(3)
                .allSatisfy(line -> assertThat(line).startsWith("add element").endsWith(" . 443 }"));
    }

    @Test
    void learnsOnlyFromTheLastOwner() {
        assertThat(rules.take(HOLDER)).contains("add @learned").contains("add @begun");
        assertThat(rules.take(null)).doesNotContain("add @learned").doesNotContain("add @begun");
        assertThat(rules.settle(HOLDER))
                .contains("@learned fwd ip to 198.51.100.11")
                .doesNotContain("add @learned");
    }

    /** In IPv6 no neighbour learns of an address of the loopback. */
    @Test
    void hidesOnlyAddressesOfIpv4() {
        HandOverRules v6 = HandOverRules.of(address("2001:db8::100"), "eth0");
        assertThat(v6.answerNobody(address("2001:db8::1")) + v6.answerAgain()).isEmpty();
        assertThat(rules.answerNobody(HOLDER))
                .contains("arp daddr ip 198.51.100.100 drop")
                .contains("arp saddr ip 198.51.100.100 arp saddr ip set 198.51.100.11");
        assertThat(rules.answerNobody(null)).contains("arp saddr ip set 0.0.0.0");
    }

    private static Flow flow(int port) {
        return new Flow(address("203.0.113.9"), port, address("198.51.100.100"), 443);
    }

    private static IpAddress address(String text) {
        return Objects.requireNonNull(IpAddress.tryParse(text));
    }
}
