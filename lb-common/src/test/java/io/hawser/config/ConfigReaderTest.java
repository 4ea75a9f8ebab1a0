package io.hawser.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.config.AffinityConfig.AffinityBy;
import io.hawser.config.AffinityConfig.ClientIpPrefix;
import io.hawser.config.AffinityConfig.TicketKeyNameConfig;
import io.hawser.config.HealthConfig.Check;
import io.hawser.config.ListenerConfig.Protocol;
import io.hawser.config.NodeConfig.Transport;
import io.hawser.config.PoolConfig.Balance;
import io.hawser.config.PoolConfig.SendProxyProtocol;
import io.hawser.net.Cidr;
import io.hawser.net.Endpoint;
import io.hawser.net.HostPrefix;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConfigReaderTest {

    @Test
    void fillsInTheDefaults() {
        HealthConfig health = new HealthConfig(
                Check.TCP,
                Duration.ofSeconds(2),
                Duration.ofSeconds(1),
                2,
                3,
                null,
                "/",
                new StatusRange(200, 399),
                false,
                null,
                5,
                Duration.ofSeconds(10),
                Duration.ZERO);
        AffinityConfig affinity = new AffinityConfig(
                List.of(AffinityBy.CLIENT_IP),
                Duration.ofMinutes(30),
                1_000_000,
                new ClientIpPrefix(32, 64),
                List.of(),
                List.of());

        assertThat(Configs.valid(Configs.MINIMAL))
                .isEqualTo(new HawserConfig(
                        new NodeConfig(
                                "lb7.example.net",
                                "lb7.example.net",
                                0,
                                Transport.AUTO,
                                0,
                                5700,
                                Duration.ofSeconds(30),
                                Duration.ZERO),
                        null,
                        null,
                        List.of(),
                        new FailoverConfig(true, Duration.ofMinutes(10), true),
                        new AdminConfig(new Endpoint("127.0.0.1", 9900), null, null),
                        new LogConfig(LogConfig.Format.LOGFMT, LogConfig.ACCESS_OFF, LogConfig.Level.INFO),
                        List.of(new ListenerConfig(
                                "https",
                                List.of(new Endpoint("127.0.0.1", 8443)),
                                Protocol.TLS,
                                Duration.ofSeconds(5),
                                List.of(),
                                List.of(),
                                List.of(),
                                100_000,
                                0,
                                0,
                                4096,
                                List.of(new RouteConfig(List.of(), List.of(), "shop")))),
                        List.of(new PoolConfig(
                                "shop",
                                Balance.MAGLEV,
                                affinity,
                                SendProxyProtocol.NONE,
                                Duration.ofSeconds(2),
                                2,
                                Duration.ofMinutes(10),
                                List.of(new BackendConfig("b1", new Endpoint("10.0.1.11", 8443), 100, 0, false)),
                                health))));
    }

    @Test
    void readsEveryKey() {
        HawserConfig config = Configs.valid(
                """
                node: { id: lb1, address: 10.0.0.11, workers: 3, transport: io-uring, max-connections: 5000, liveness-port: 5799,
                        drain-timeout: 90s, shutdown-delay: 1500ms }
                cluster: { name: edge, port: 5702, join: [ "10.0.0.11:5701", "[2001:db8::12]:5702", lb3.internal:5703 ],
                           tls: { certificate-file: /etc/hawser/node.crt, key-file: /etc/hawser/node.key,
                                  ca-file: /etc/hawser/ca.crt } }
                zookeeper: { connect: "10.0.0.21:2181, [2001:db8::22]:2182,ZK3.internal:2183/edge/hawser",
                             session-timeout: 4500ms, auth-file: /etc/hawser/zookeeper.auth,
                             tls: { certificate-file: /etc/hawser/zk.crt, key-file: /etc/hawser/zk.key,
                                    ca-file: /etc/hawser/zk-ca.crt, server-name: zk.internal } }
                vips:
                  - { id: web4, address: 10.0.0.100/24, interface: eth0.12, driver: kernel, prefer: [ lb1, lb2 ],
                      preempt: true, preempt-delay: 25s }
                failover: { hand-over: false, hand-over-timeout: 26s, tell-clients: false }
                admin: { bind: "[::]:9901", token-file: /etc/hawser/admin.token,
                         tls: { certificate-file: /etc/hawser/admin.crt, key-file: /etc/hawser/admin.key } }
                log: { format: json, access: /var/log/hawser/access.log, level: debug }
                listeners:
                  - id: web
                    bind: [ "0.0.0.0:443", "[::]:443" ]
                    protocol: tls
                    inspect-timeout: 4s
                    accept-proxy-protocol-from: [ 10.0.9.0/24 ]
                    allow: [ 10.0.0.0/8, "2001:db8::/32" ]
                    deny: [ 10.6.6.6 ]
                    max-connections: 11
                    max-connections-per-client: 12
                    new-connections-per-client: 13
                    backlog: 14
                    routes:
                      - { sni: [ Shop.Example.com., "*.bücher.example" ], alpn: [ h2, http/1.1 ], pool: shop }
                pools:
                  - id: shop
                    balance: least-connections
                    affinity: { by: [ tls-session ], ttl: 2h, max-entries: 15, client-ip-prefix: { v4: 24, v6: 48 },
                                ticket-key-names: [ { name: 4857AB, backend: b1 } ],
                                ech-public-names: [ Public.example.com ] }
                    send-proxy-protocol: v2
                    connect-timeout: 16ms
                    connect-retries: 17
                    idle-timeout: 1d
                    backends: [ { id: b1, address: B1.internal:8443, weight: 18, max-connections: 19, backup: true } ]
                    health: { check: https, interval: 20s, timeout: 19s, rise: 21, fall: 22, sni: SHOP.example.com,
                              path: "/healthz?a=b", expect-status: 204, verify: true, ca-file: ca.pem,
                              eject-after-failures: 0, eject-time: 23s, slow-start: 24s }
                """);

        HealthConfig health = new HealthConfig(
                Check.HTTPS,
                Duration.ofSeconds(20),
                Duration.ofSeconds(19),
                21,
                22,
                "shop.example.com",
                "/healthz?a=b",
                new StatusRange(204, 204),
                true,
                Path.of("ca.pem"),
                0,
                Duration.ofSeconds(23),
                Duration.ofSeconds(24));
        assertThat(config)
                .isEqualTo(new HawserConfig(
                        new NodeConfig(
                                "lb1",
                                "10.0.0.11",
                                3,
                                Transport.IO_URING,
                                5000,
                                5799,
                                Duration.ofSeconds(90),
                                Duration.ofMillis(1500)),
                        new ClusterConfig(
                                "edge",
                                5702,
                                List.of(
                                        new Endpoint("10.0.0.11", 5701),
                                        new Endpoint("2001:db8::12", 5702),
                                        new Endpoint("lb3.internal", 5703)),
                                new TlsConfig(
                                        Path.of("/etc/hawser/node.crt"),
                                        Path.of("/etc/hawser/node.key"),
                                        Path.of("/etc/hawser/ca.crt"))),
                        new ZooKeeperConfig(
                                "10.0.0.21:2181,[2001:db8::22]:2182,ZK3.internal:2183/edge/hawser",
                                Duration.ofMillis(4500),
                                Path.of("/etc/hawser/zookeeper.auth"),
                                new ZooKeeperTlsConfig(
                                        Path.of("/etc/hawser/zk.crt"),
                                        Path.of("/etc/hawser/zk.key"),
                                        Path.of("/etc/hawser/zk-ca.crt"),
                                        "zk.internal")),
                        List.of(new VipConfig(
                                "web4",
                                HostPrefix.parse("10.0.0.100/24"),
                                "eth0.12",
                                VipConfig.Driver.KERNEL,
                                List.of("lb1", "lb2"),
                                true,
                                Duration.ofSeconds(25))),
                        new FailoverConfig(false, Duration.ofSeconds(26), false),
                        new AdminConfig(
                                new Endpoint("::", 9901),
                                Path.of("/etc/hawser/admin.token"),
                                new AdminTlsConfig(Path.of("/etc/hawser/admin.crt"), Path.of("/etc/hawser/admin.key"))),
                        new LogConfig(LogConfig.Format.JSON, "/var/log/hawser/access.log", LogConfig.Level.DEBUG),
                        List.of(new ListenerConfig(
                                "web",
                                List.of(new Endpoint("0.0.0.0", 443), new Endpoint("::", 443)),
                                Protocol.TLS,
                                Duration.ofSeconds(4),
                                List.of(Cidr.parse("10.0.9.0/24")),
                                List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("2001:db8::/32")),
                                List.of(Cidr.parse("10.6.6.6/32")),
                                11,
                                12,
                                13,
                                14,
                                List.of(new RouteConfig(
                                        List.of("shop.example.com", "*.xn--bcher-kva.example"),
                                        List.of("h2", "http/1.1"),
                                        "shop")))),
                        List.of(new PoolConfig(
                                "shop",
                                Balance.LEAST_CONNECTIONS,
                                new AffinityConfig(
                                        List.of(AffinityBy.TLS_SESSION),
                                        Duration.ofHours(2),
                                        15,
                                        new ClientIpPrefix(24, 48),
                                        List.of(new TicketKeyNameConfig("4857ab", "b1")),
                                        List.of("public.example.com")),
                                SendProxyProtocol.V2,
                                Duration.ofMillis(16),
                                17,
                                Duration.ofDays(1),
                                List.of(new BackendConfig("b1", new Endpoint("b1.internal", 8443), 18, 19, true)),
                                health))));
    }

    @Test
    void fillsInTheDefaultsOfACluster() {
        HawserConfig config = Configs.valid(
                "node: { address: 10.0.0.11 }\ncluster:\nzookeeper: { connect: \"zk:2181\" }\n" + Configs.MINIMAL);

        assertThat(config.cluster()).isEqualTo(new ClusterConfig("hawser", 5701, List.of(), null));
        assertThat(config.zookeeper()).isEqualTo(new ZooKeeperConfig("zk:2181", Duration.ofSeconds(3), null, null));
    }

    @Test
    void tellsServersAndPathOfZooKeeperApart() {
        ZooKeeperConfig below = new ZooKeeperConfig("a:1,b:2/edge/hawser", Duration.ofSeconds(3), null, null);
        ZooKeeperConfig atTheRoot = new ZooKeeperConfig("a:1,b:2", Duration.ofSeconds(3), null, null);

        assertThat(below.servers()).isEqualTo("a:1,b:2");
        assertThat(below.chroot()).isEqualTo("/edge/hawser");
        assertThat(atTheRoot.servers()).isEqualTo("a:1,b:2");
        assertThat(atTheRoot.chroot()).isEqualTo("/");
    }

    @Test
    void letsOneMachineBeAClusterOnItsLoopback() {
        String cluster = "node: { address: 127.0.0.1 }\ncluster: { join: [ \"127.0.0.1:5702\", \"[::1]:5703\","
                + " localhost:5704 ] }\n";

        assertThat(Configs.errors(cluster + Configs.MINIMAL)).isEmpty();
        assertThat(Configs.errors("node: { address: \"::1\" }\ncluster: {}\nzookeeper: { connect: \"zk:2181\" }\n"
                        + Configs.MINIMAL))
                .isEmpty();
    }

    @Test
    void takesSectionsWhoseKeysAreAllCommentedOut() {
        String yaml = "node:\n#  id: x\nlog: ~\n" + Configs.MINIMAL + "    health:\n    #  check: tls\n";

        assertThat(Configs.valid(yaml)).isEqualTo(Configs.valid(Configs.MINIMAL));
    }

    @Test
    void takesWordsAndNumbersQuotedOrNot() {
        String yaml = Configs.MINIMAL.replace("id: b1", "id: 01, weight: \"7\", backup: 'true'");

        assertThat(Configs.valid(yaml).pools().get(0).backends().get(0))
                .isEqualTo(new BackendConfig("01", new Endpoint("10.0.1.11", 8443), 7, 0, true));
    }

    @Test
    void takesByteOrderMarkAndCarriageReturns() {
        assertThat(Configs.valid("\uFEFF---\r\n" + Configs.MINIMAL.replace("\n", "\r\n") + "...\r\n"))
                .isEqualTo(Configs.valid(Configs.MINIMAL));
    }

    @Test
    void letsAddressesBeSharedWhereTheKernelTellsThemApart() {
        String yaml = Configs.MINIMAL.replace(
                "[ \"127.0.0.1:8443\" ]",
                "[ \"0.0.0.0:443\", \"[::]:443\", \"10.0.0.1:443\", \"[::1]:443\", \"10.0.0.1:0\", \"10.0.0.1:0\" ]");

        assertThat(Configs.errors(yaml)).isEmpty();
    }

    @Test
    void letsNarrowRoutesComeBeforeWideOnes() {
        String yaml = Configs.MINIMAL.replace(
                "[ { pool: shop } ]",
                """

                      - { sni: [ a.example.com ], alpn: [ h2 ], pool: shop }
                      - { sni: [ a.example.com ], alpn: [ imap ], pool: shop }
                      - { sni: [ a.example.com ], pool: shop }
                      - { sni: [ "*.example.com", "*.a.example.com" ], pool: shop }
                      - { sni: [ x.b.example.com, example.com ], pool: shop }
                      - { alpn: [ h2 ], pool: shop }
                      - { pool: shop }
                """);

        assertThat(Configs.errors(yaml)).isEmpty();
    }

    @Test
    void letsTheAdminServerOffTheLoopbackWithAToken() {
        assertThat(Configs.errors("admin: { bind: \"0.0.0.0:9900\", token-file: t }\n" + Configs.MINIMAL))
                .isEmpty();
        assertThat(Configs.errors("admin: { bind: \"[::1]:9900\" }\n" + Configs.MINIMAL))
                .isEmpty();
        assertThat(Configs.errors("admin: { bind: \"localhost:9900\" }\n" + Configs.MINIMAL))
                .isEmpty();
    }
}
