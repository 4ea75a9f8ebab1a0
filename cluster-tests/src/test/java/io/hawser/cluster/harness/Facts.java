package io.hawser.cluster.harness;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a {@link JdkServer} tells of the connection on which it was asked.
 *
 * @param backend its own id
 * @param client the address that the connection came from, as the server sees it
 * @param tls the protocol, such as {@code TLSv1.3}; {@code none} without TLS
 * @param serverName what the client asked for; empty when nothing
 * @param protocol agreed by ALPN; empty when none
 * @param resumed whether the client resumed a session
 * @param requests of this connection so far, this one included
 */
public record Facts(
        String backend, String client, String tls, String serverName, String protocol, boolean resumed, int requests) {

    static Facts parse(String body) {
        Map<String, String> facts = body.lines()
                .map(line -> line.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
        return new Facts(
                value(facts, "backend"),
                value(facts, "client"),
                value(facts, "tls"),
                value(facts, "server-name"),
                value(facts, "protocol"),
                Boolean.parseBoolean(value(facts, "resumed")),
                Integer.parseInt(value(facts, "requests")));
    }

    private static String value(Map<String, String> facts, String key) {
        String value = facts.get(key);
        if (value == null) {
            throw new AssertionError("no " + key + " in " + facts);
        }
        return value;
    }

    String text() {
        return "backend=" + backend + "\nclient=" + client + "\ntls=" + tls + "\nserver-name=" + serverName
                + "\nprotocol=" + protocol + "\nresumed=" + resumed + "\nrequests=" + requests + "\n";
    }
}
