package io.hawser.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a VIP is said before any node owns it. */
final class VipChecksTest {

    private static final String SOUND =
            """
            node: { id: lb1, address: 10.0.0.11 }
            zookeeper: { connect: 10.0.0.21:2181, session-timeout: 4s }
            vips:
              - id: web
                address: 10.0.0.100/24
                interface: eth0
                prefer: [ lb1, lb2 ]
              - { id: mail, address: 10.0.0.101, driver: bind, preempt: true, preempt-delay: 5s }
            listeners:
              - { id: https, bind: [ "0.0.0.0:443", "10.0.0.101:993" ], routes: [ { pool: p } ] }
            pools:
              - { id: p, backends: [ { id: b1, address: "10.0.1.11:8443" } ] }
            """;

    @Test
    void takesWhatIsSound() {
        HawserConfig config = Configs.valid(SOUND);
        assertThat(config.vips())
                .extracting(VipConfig::driver)
                .containsExactly(VipConfig.Driver.KERNEL, VipConfig.Driver.BIND);
        assertThat(config.vips().get(1).address()).hasToString("10.0.0.101/32");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "interface: eth0 | driver: kernel | 4:5: vips[0].interface: is required by the driver 'kernel': the interface that the address is put on, such as eth0",
                "interface: eth0 | interface: eth 0 | 6:16: vips[0].interface: 'eth 0' is not the name of an interface; 'ip link' lists them, such as eth0",
                "0.100/24 | 0.100/33 | 5:14: vips[0].address: prefix length 33 is not between 0 and 32",
                "0.100/24 | 0.100/0 | 5:14: vips[0].address: prefix length 0 is not between 1 and 32",
                "10.0.0.100/24 | vip.example.com | 5:14: vips[0].address: 'vip.example.com' is not an IPv4 or IPv6 address; write 192.0.2.0/24 or 2001:db8::/32",
                "10.0.0.100/24 | 10.0.0.101/24 | 8:26: vips[1].address: 10.0.0.101 is the address of another VIP in line 5",
                "driver: bind | driver: keepalived | 8:46: vips[1].driver: 'keepalived' is not a driver; valid: kernel, bind, none",
                "10.0.0.101:993 | 10.0.0.102:993 | 8:26: vips[1].address: no listener listens on 10.0.0.101, which the driver 'bind' needs: add it to a listener's bind",
                "0.0.0.0:443 | [::]:443 | 5:14: vips[0].address: no listener listens on 10.0.0.100 or on every address of its kind; add it to a listener's bind",
                "id: mail | id: web | 8:11: vips[1].id: 'web' is the id of another one in line 4; ids must differ",
                ", address: 10.0.0.11 } | } | 1:7: node.address: is required by 'vips': the address at which the other nodes see whether this one is alive",
                "10.0.0.101:993 | 10.0.0.11:5700 | 1:7: node.liveness-port: 10.0.0.11:5700 is bound by listeners[0].bind[1] already in line 10;8:26: vips[1].address: no listener listens on 10.0.0.101, which the driver 'bind' needs: add it to a listener's bind",
                "zookeeper: { connect: 10.0.0.21:2181, session-timeout: 4s } | # none | 4:3: vips: the owner of a VIP is elected in ZooKeeper, so that the section 'zookeeper' is required; add it",
                "session-timeout: 4s | session-timeout: 2s | 2:56: zookeeper.session-timeout: is too short for the lease of a VIP: the address may stay for 2421 ms after the last renewal (write deadline 166 ms, lifetime 1 s, up to 1250 ms until the kernel removes it), longer than the session timeout of 2000 ms: shorten the lifetime or lengthen zookeeper.session-timeout; 3s does",
            })
    void saysWhatIsWrong(String before, String after, String errors) {
        assertThat(SOUND).contains(before);
        assertThat(String.join(";", Configs.errors(SOUND.replace(before, after))))
                .isEqualTo(errors);
    }
}
