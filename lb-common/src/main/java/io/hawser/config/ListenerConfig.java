package io.hawser.config;

import io.hawser.net.Cidr;
import io.hawser.net.Endpoint;
import java.time.Duration;
import java.util.List;

/** Addresses where clients connect, with one set of limits and routes. */
public record ListenerConfig(
        @Key(value = "The listener's name in metrics, logs and `lbctl`.", text = TextKind.ID) String id,
        @Key(
                        value =
                                "Where it listens: `0.0.0.0:443` for all IPv4 addresses, `[::]:443` for all IPv6 ones (and only"
                                        + " those); port 0 takes a free one.",
                        nonEmpty = true)
                List<Endpoint> bind,
        @Key(
                        value = "`tls` reads the ClientHello and routes by it, `tcp` passes bytes on unread.",
                        byDefault = "tls",
                        noun = "a protocol")
                Protocol protocol,
        @Key(
                        value =
                                "How long a client may take to send its whole ClientHello, and its PROXY protocol header where"
                                        + " one is expected.",
                        byDefault = "5s",
                        atLeast = "10ms")
                Duration inspectTimeout,
        @Key(
                        value =
                                "Networks whose connections begin with a PROXY protocol header, v1 or v2, that says who the"
                                        + " client is. It is required from them and refused from all others.",
                        byDefault = "[]")
                List<Cidr> acceptProxyProtocolFrom,
        @Key(value = "Networks whose clients may connect; empty: all.", byDefault = "[]") List<Cidr> allow,
        @Key(value = "Networks whose clients may not connect, allowed or not.", byDefault = "[]") List<Cidr> deny,
        @Key(value = "Connections at once; one more is refused.", byDefault = "100000", min = 1) int maxConnections,
        @Key(value = "Connections at once from one client; 0: no limit.", byDefault = "0") int maxConnectionsPerClient,
        @Key(value = "New connections a second from one client; 0: no limit.", byDefault = "0")
                int newConnectionsPerClient,
        @Key(
                        value =
                                "Connections that the kernel holds until they are accepted, for each bound address and event"
                                        + " loop; the kernel caps it at `net.core.somaxconn`. A reload changes it for newly bound addresses only.",
                        byDefault = "4096",
                        min = 1,
                        max = 65535)
                int backlog,
        @Key(
                        value = "Which pool a connection goes to: the first route that matches, from top to bottom.",
                        nonEmpty = true)
                List<RouteConfig> routes) {

    public ListenerConfig {
        bind = List.copyOf(bind);
        acceptProxyProtocolFrom = List.copyOf(acceptProxyProtocolFrom);
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
        routes = List.copyOf(routes);
    }

    /** What clients speak. */
    public enum Protocol {
        TLS,
        TCP
    }
}
