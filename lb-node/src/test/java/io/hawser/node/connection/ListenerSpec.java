package io.hawser.node.connection;

import io.hawser.limit.AccessList;
import io.hawser.net.Cidr;
import io.hawser.net.Endpoint;
import io.hawser.route.HostPattern;
import io.hawser.route.Route;
import io.hawser.route.RouteTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** A listener for a test: what does not matter to it has a default. */
final class ListenerSpec {

    private final String id;
    private final boolean tls;
    private final List<Route<String>> routes = new ArrayList<>();
    private List<Endpoint> bind = List.of(new Endpoint("127.0.0.1", 0));
    private Duration inspectTimeout = Duration.ofSeconds(10);
    private List<Cidr> proxySources = List.of();
    private List<Cidr> allow = List.of();
    private List<Cidr> deny = List.of();
    private int maxConnections = 100_000;
    private int maxConnectionsPerClient;
    private int newConnectionsPerClient;
    private int backlog = 1024;

    private ListenerSpec(String id, boolean tls) {
        this.id = id;
        this.tls = tls;
    }

    static ListenerSpec tls(String id) {
        return new ListenerSpec(id, true);
    }

    static ListenerSpec tcp(String id) {
        return new ListenerSpec(id, false);
    }

    ListenerSpec to(String pool) {
        routes.add(new Route<>(List.of(), List.of(), pool));
        return this;
    }

    ListenerSpec sni(String pattern, String pool) {
        routes.add(new Route<>(List.of(HostPattern.parse(pattern)), List.of(), pool));
        return this;
    }

    ListenerSpec alpn(String protocol, String pool) {
        routes.add(new Route<>(List.of(), List.of(protocol), pool));
        return this;
    }

    ListenerSpec bind(String... endpoints) {
        bind = Stream.of(endpoints).map(Endpoint::parse).toList();
        return this;
    }

    ListenerSpec inspectTimeout(Duration timeout) {
        inspectTimeout = timeout;
        return this;
    }

    ListenerSpec proxiesFrom(String... networks) {
        proxySources = cidrs(networks);
        return this;
    }

    ListenerSpec allow(String... networks) {
        allow = cidrs(networks);
        return this;
    }

    ListenerSpec deny(String... networks) {
        deny = cidrs(networks);
        return this;
    }

    private static List<Cidr> cidrs(String... networks) {
        return Stream.of(networks).map(Cidr::parse).toList();
    }

    ListenerSpec maxConnections(int max) {
        maxConnections = max;
        return this;
    }

    ListenerSpec maxConnectionsPerClient(int max) {
        maxConnectionsPerClient = max;
        return this;
    }

    ListenerSpec newConnectionsPerClient(int perSecond) {
        newConnectionsPerClient = perSecond;
        return this;
    }

    ListenerSpec backlog(int length) {
        backlog = length;
        return this;
    }

    String id() {
        return id;
    }

    ListenerSettings settings(Function<String, RoutedPool> pools) {
        return new ListenerSettings(
                id,
                bind,
                Set.of(),
                tls,
                inspectTimeout.toNanos(),
                proxySources,
                AccessList.of(allow, deny),
                maxConnections,
                maxConnectionsPerClient,
                newConnectionsPerClient,
                backlog,
                new RouteTable<>(routes.stream()
                        .map(route -> new Route<>(route.sni(), route.alpn(), pools.apply(route.target())))
                        .toList()));
    }
}
