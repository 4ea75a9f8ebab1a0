package io.hawser.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** Configuration texts to start from, and short ways to read one. */
final class Configs {

    static final Defaults DEFAULTS = new Defaults("lb7.example.net");

    /** The least that works. */
    static final String MINIMAL =
            """
            listeners:
              - id: https
                bind: [ "127.0.0.1:8443" ]
                routes: [ { pool: shop } ]
            pools:
              - id: shop
                backends: [ { id: b1, address: "10.0.1.11:8443" } ]
            """;

    /** A configuration with most sections written out, one key a line, so that single lines can be spoilt. */
    static final String WHOLE =
            """
            node:
              id: lb1
              workers: 4
              transport: epoll
              drain-timeout: 1m
              address: 10.0.0.11
            admin:
              bind: 127.0.0.1:9900
            log:
              format: json
              access: stdout
            listeners:
              - id: https
                bind: [ "0.0.0.0:443", "[::]:443" ]
                inspect-timeout: 3s
                allow: [ 10.0.0.0/8 ]
                max-connections: 50000
                routes:
                  - { sni: [ "shop.example.com" ], alpn: [ h2 ], pool: shop }
                  - { sni: [ "*.example.com" ], pool: mail }
                  - { pool: shop }
              - id: imap
                bind: [ "10.0.0.11:993" ]
                protocol: tcp
                routes: [ { pool: mail } ]
            pools:
              - id: shop
                balance: round-robin
                affinity:
                  by: [ client-ip ]
                  client-ip-prefix: { v4: 24, v6: 56 }
                connect-timeout: 1s
                backends:
                  - { id: b1, address: "10.0.1.11:8443", weight: 50 }
                  - { id: b2, address: "b2.internal:8443", backup: true }
                health:
                  check: https
                  interval: 5s
                  timeout: 2s
                  sni: shop.example.com
                  path: /healthz
                  expect-status: 200-299
              - id: mail
                backends:
                  - { id: m1, address: "[2001:db8::5]:993" }
            cluster:
              name: edge
              port: 5702
              join: zookeeper
            zookeeper:
              connect: 10.0.0.21:2181,10.0.0.22:2181/hawser
              session-timeout: 4s
            """;

    private Configs() {}

    static HawserConfig valid(String yaml) {
        ConfigResult result = ConfigReader.read("lb-node.yml", yaml, DEFAULTS);
        assertThat(result).as("errors of: %s", yaml).isInstanceOf(ConfigResult.Valid.class);
        return ((ConfigResult.Valid) result).config();
    }

    /** The errors as printed, without the file's name; none for a valid text. */
    static List<String> errors(String yaml) {
        ConfigResult result = ConfigReader.read("f", yaml, DEFAULTS);
        if (result instanceof ConfigResult.Invalid invalid) {
            return invalid.errors().stream()
                    .map(error -> error.toString().substring("f:".length()))
                    .toList();
        }
        return List.of();
    }
}
