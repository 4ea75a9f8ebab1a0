package io.hawser.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ConfigDiffTest {

    @Test
    void findsNothingInEqualConfigurations() {
        assertThat(changes(Configs.WHOLE, Configs.WHOLE)).isEmpty();
        assertThat(changes(Configs.WHOLE, Configs.WHOLE + "# a comment\n")).isEmpty();
    }

    @Test
    void takesADefaultForWhatWasLeftOut() {
        assertThat(changes(Configs.MINIMAL, Configs.MINIMAL + "node: { drain-timeout: 30s }\n"))
                .isEmpty();
    }

    @Test
    void namesAKeyByItsPathWithBothValues() {
        assertThat(edited("max-connections: 50000", "max-connections: 2000"))
                .containsExactly("listeners.https.max-connections: 50000 → 2000");
        assertThat(edited("balance: round-robin", "balance: least-connections"))
                .containsExactly("pools.shop.balance: round-robin → least-connections");
        assertThat(edited("interval: 5s", "interval: 2500ms"))
                .containsExactly("pools.shop.health.interval: 5s → 2500ms");
        assertThat(edited("v4: 24", "v4: 16")).containsExactly("pools.shop.affinity.client-ip-prefix.v4: 24 → 16");
    }

    @Test
    void saysWhenAKeyIsNoLongerSet() {
        assertThat(edited("      sni: shop.example.com\n", ""))
                .containsExactly("pools.shop.health.sni: shop.example.com → not set");
        assertThat(edited("check: https\n", "check: https\n      verify: true\n      ca-file: /etc/ca.pem\n"))
                .containsExactly(
                        "pools.shop.health.verify: false → true", "pools.shop.health.ca-file: not set → /etc/ca.pem");
    }

    @Test
    void saysWhatNeedsARestart() {
        assertThat(edited("workers: 4", "workers: 2"))
                .containsExactly("node.workers: 4 → 2 (takes effect when the node is restarted)");
        assertThat(edited("access: stdout", "access: off"))
                .containsExactly("log.access: stdout → off (takes effect when the node is restarted)");
    }

    @Test
    void aNodeStaysInItsClusterUntilItIsRestarted() {
        String restart = " (takes effect when the node is restarted)";
        assertThat(edited("name: edge", "name: core")).containsExactly("cluster.name: edge → core" + restart);
        assertThat(edited("join: zookeeper", "join: [ \"10.0.0.12:5701\" ]"))
                .containsExactly("cluster.join: added 10.0.0.12:5701" + restart);
        assertThat(edited("session-timeout: 4s", "session-timeout: 6s"))
                .containsExactly("zookeeper.session-timeout: 4s → 6s" + restart);
        assertThat(edited("cluster:\n  name: edge\n  port: 5702\n  join: zookeeper\n", ""))
                .containsExactly("cluster: { name: edge, port: 5702 } → not set" + restart);

        HawserConfig together = Configs.valid(Configs.WHOLE);
        HawserConfig alone = Configs.valid(Configs.WHOLE.substring(0, Configs.WHOLE.indexOf("cluster:")));
        assertThat(ConfigDiff.takenInByReload(together, alone)).isEqualTo(together);
        assertThat(ConfigDiff.takenInByReload(alone, together)).isEqualTo(alone);
    }

    @Test
    void knowsBackendsByTheirIds() {
        String b1 = "      - { id: b1, address: \"10.0.1.11:8443\", weight: 50 }\n";
        assertThat(edited(b1, "")).containsExactly("pools.shop.backends.b1: removed");
        assertThat(edited(b1, b1 + b1.replace("b1", "b3"))).containsExactly("pools.shop.backends.b3: added");
        assertThat(edited(b1, b1.replace("50", "70"))).containsExactly("pools.shop.backends.b1.weight: 50 → 70");
        assertThat(edited(b1, b1.replace("b1", "b9")))
                .as("another name is another backend")
                .containsExactly("pools.shop.backends.b1: removed", "pools.shop.backends.b9: added");
        assertThat(edited(b1, b1.replace("10.0.1.11", "10.0.1.21")))
                .containsExactly("pools.shop.backends.b1.address: 10.0.1.11:8443 → 10.0.1.21:8443");
    }

    @Test
    void saysWhenElementsWithIdsChangePlaces() {
        String b1 = "      - { id: b1, address: \"10.0.1.11:8443\", weight: 50 }\n";
        String b2 = "      - { id: b2, address: \"b2.internal:8443\", backup: true }\n";

        assertThat(edited(b1 + b2, b2 + b1)).containsExactly("pools.shop.backends: reordered, b1, b2 → b2, b1");
    }

    @Test
    void findsAWholePoolAndAWholeListener() {
        String mail =
                """
                  - id: mail
                    backends:
                      - { id: m1, address: "[2001:db8::5]:993" }
                """;
        String imap =
                """
                  - id: imap
                    bind: [ "10.0.0.11:993" ]
                    protocol: tcp
                    routes: [ { pool: mail } ]
                """;
        assertThat(edited(mail, mail + mail.replace("mail", "news"))).containsExactly("pools.news: added");
        assertThat(edited(imap, "")).containsExactly("listeners.imap: removed");
    }

    @Test
    void tellsElementsOfAListApart() {
        assertThat(edited("[ 10.0.0.0/8 ]", "[ 10.0.0.0/8, 192.0.2.0/24, 2001:db8::/32 ]"))
                .containsExactly(
                        "listeners.https.allow: added 192.0.2.0/24", "listeners.https.allow: added 2001:db8::/32");
        assertThat(edited("\"0.0.0.0:443\", ", "")).containsExactly("listeners.https.bind: removed 0.0.0.0:443");
        assertThat(edited("\"0.0.0.0:443\", \"[::]:443\"", "\"[::]:443\", \"0.0.0.0:443\""))
                .containsExactly("listeners.https.bind: reordered, 0.0.0.0:443, [::]:443 → [::]:443, 0.0.0.0:443");
    }

    @Test
    void countsElementsThatAreThereTwice() {
        assertThat(edited("[ 10.0.0.0/8 ]", "[ 10.0.0.0/8, 10.0.0.0/8 ]"))
                .containsExactly("listeners.https.allow: added 10.0.0.0/8");
    }

    @Test
    void keepsRoutesApartByWhatStandsAroundThem() {
        String first = "      - { sni: [ \"shop.example.com\" ], alpn: [ h2 ], pool: shop }\n";
        assertThat(edited(first, first + "      - { sni: [ \"new.example.com\" ], pool: mail }\n"))
                .containsExactly("listeners.https.routes[1]: added { sni: [new.example.com], pool: mail }");
        assertThat(edited(first, ""))
                .containsExactly(
                        "listeners.https.routes[0]: removed { sni: [shop.example.com], alpn: [h2], pool: shop }");
        assertThat(edited(first, first.replace("pool: shop", "pool: mail")))
                .containsExactly("listeners.https.routes[0].pool: shop → mail");
    }

    @Test
    void tellsAllChangesInTheOrderOfTheFile() {
        String next = Configs.WHOLE
                .replace("workers: 4", "workers: 2")
                .replace("drain-timeout: 1m", "drain-timeout: 90s")
                .replace("max-connections: 50000", "max-connections: 1")
                .replace("weight: 50", "weight: 0");
        assertThat(changes(Configs.WHOLE, next))
                .containsExactly(
                        "node.workers: 4 → 2 (takes effect when the node is restarted)",
                        "node.drain-timeout: 1m → 90s",
                        "listeners.https.max-connections: 50000 → 1",
                        "pools.shop.backends.b1.weight: 50 → 0");
    }

    @Test
    void leavesWhatNeedsARestartAsItWas() {
        HawserConfig inForce = Configs.valid(Configs.WHOLE);
        HawserConfig next = Configs.valid(Configs.WHOLE
                .replace("workers: 4", "workers: 2")
                .replace("drain-timeout: 1m", "drain-timeout: 90s")
                .replace("weight: 50", "weight: 0"));

        HawserConfig taken = ConfigDiff.takenInByReload(inForce, next);

        assertThat(taken.node().workers()).isEqualTo(4);
        assertThat(taken.node().drainTimeout()).isEqualTo(next.node().drainTimeout());
        assertThat(taken.pools()).isEqualTo(next.pools());
    }

    private static List<String> edited(String from, String to) {
        assertThat(Configs.WHOLE).contains(from);
        return changes(Configs.WHOLE, Configs.WHOLE.replace(from, to));
    }

    private static List<String> changes(String before, String after) {
        return ConfigDiff.between(Configs.valid(before), Configs.valid(after)).stream()
                .map(ConfigChange::toString)
                .toList();
    }
}
