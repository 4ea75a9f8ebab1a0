package io.hawser.node;

import io.hawser.affinity.AffinityPolicy;
import io.hawser.affinity.IssuerTable;
import io.hawser.balance.Algorithm;
import io.hawser.config.AffinityConfig;
import io.hawser.config.BackendConfig;
import io.hawser.config.ClusterConfig;
import io.hawser.config.HawserConfig;
import io.hawser.config.HealthConfig;
import io.hawser.config.ListenerConfig;
import io.hawser.config.PoolConfig;
import io.hawser.config.RouteConfig;
import io.hawser.config.ZooKeeperConfig;
import io.hawser.config.ZooKeeperTlsConfig;
import io.hawser.health.HealthSettings;
import io.hawser.limit.AccessList;
import io.hawser.net.Endpoint;
import io.hawser.net.IpAddress;
import io.hawser.node.connection.ListenerSettings;
import io.hawser.node.connection.RoutedPool;
import io.hawser.node.coordination.Coordination;
import io.hawser.node.coordination.Member;
import io.hawser.node.coordination.Standalone;
import io.hawser.node.coordination.zookeeper.Credentials;
import io.hawser.node.coordination.zookeeper.ZooKeeperCoordination;
import io.hawser.node.coordination.zookeeper.ZooKeeperSettings;
import io.hawser.node.coordination.zookeeper.ZooKeeperTls;
import io.hawser.node.file.FileProblem;
import io.hawser.node.identity.KeptIdentity;
import io.hawser.node.metrics.NodeMetrics;
import io.hawser.node.pool.Pool;
import io.hawser.node.pool.PoolPlan;
import io.hawser.node.pool.PoolSettings;
import io.hawser.node.probe.PeerTrust;
import io.hawser.node.probe.ProbeSettings;
import io.hawser.node.probe.ProbeTarget;
import io.hawser.node.probe.ProbeTiming;
import io.hawser.node.state.Bulletin;
import io.hawser.node.state.Replication;
import io.hawser.pool.Backend;
import io.hawser.route.HostPattern;
import io.hawser.route.Route;
import io.hawser.route.RouteTable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns the configuration's records into what each room of the node works with; files and names are looked up here. */
final class Plans {

    private static final Duration TICKET_PROBE_TIMEOUT = Duration.ofSeconds(5);

    private Plans() {}

    /**
     * The pool, its addresses resolved.
     *
     * @param current the pool as it is; null when it is new. Where a name has several addresses a backend keeps the one
     *     that it has, and with it all that is known of it.
     * @throws IOException naming the backend whose host no name server knows
     */
    static PoolPlan pool(PoolConfig config, @Nullable PoolPlan current) throws IOException {
        List<PoolPlan.Resolved> backends = new ArrayList<>();
        for (BackendConfig backend : config.backends()) {
            backends.add(new PoolPlan.Resolved(
                    new Backend(
                            backend.id(),
                            backend.address(),
                            backend.weight(),
                            backend.maxConnections(),
                            backend.backup()),
                    resolve(
                            backend.address(),
                            "pool " + config.id() + " backend " + backend.id(),
                            current == null ? null : current.resolved(backend.id()))));
        }
        HealthConfig health = config.health();
        return new PoolPlan(
                config.id(),
                new PoolSettings(
                        Algorithm.valueOf(config.balance().name()),
                        affinity(config.affinity()),
                        PoolSettings.ProxyHeaderVersion.valueOf(
                                config.sendProxyProtocol().name()),
                        config.connectTimeout().toNanos(),
                        config.connectRetries(),
                        config.idleTimeout().toNanos()),
                config.affinity().ttl().toMillis(),
                config.affinity().maxEntries(),
                config.affinity().ticketKeyNames().stream()
                        .map(name -> new IssuerTable.ConfiguredName(name.name(), name.backend()))
                        .toList(),
                new HealthSettings(
                        health.check() != HealthConfig.Check.NONE,
                        health.rise(),
                        health.fall(),
                        health.ejectAfterFailures(),
                        health.ejectTime().toNanos()),
                health.slowStart().toNanos(),
                backends);
    }

    private static AffinityPolicy affinity(AffinityConfig config) {
        return new AffinityPolicy(
                config.by().stream()
                        .map(by -> AffinityPolicy.By.valueOf(by.name()))
                        .toList(),
                config.clientIpPrefix().v4(),
                config.clientIpPrefix().v6(),
                Set.copyOf(config.echPublicNames()));
    }

    /**
     * What is probed of a pool, and how; nothing when its check is none.
     *
     * @throws IOException when the file of authorities can't be read
     */
    static List<ProbeTarget> probes(PoolConfig config, PoolPlan plan) throws IOException {
        HealthConfig health = config.health();
        if (health.check() == HealthConfig.Check.NONE) {
            return List.of();
        }
        PeerTrust trust;
        if (!health.verify()) {
            trust = PeerTrust.anyone();
        } else if (health.caFile() == null) {
            trust = PeerTrust.platform();
        } else {
            trust = PeerTrust.authorities(health.caFile());
        }
        List<ProbeTarget> targets = new ArrayList<>();
        for (PoolPlan.Resolved backend : plan.backends()) {
            ProbeSettings settings = new ProbeSettings(
                    ProbeSettings.Check.valueOf(health.check().name()),
                    health.timeout(),
                    health.sni() == null ? named(backend) : health.sni(),
                    health.path(),
                    health.expectStatus().from(),
                    health.expectStatus().to(),
                    trust,
                    proxyHeader(config));
            targets.add(new ProbeTarget(
                    config.id(),
                    backend.backend().id(),
                    backend.address(),
                    settings,
                    ProbeTiming.every(health.interval())));
        }
        return targets;
    }

    /**
     * Whose session tickets are looked at: those of pools that tie TLS sessions, unless the operator has named the keys.
     */
    static List<ProbeTarget> ticketProbes(PoolConfig config, PoolPlan plan) {
        if (!plan.settings().affinity().bySession() || !plan.ticketKeyNames().isEmpty()) {
            return List.of();
        }
        List<ProbeTarget> targets = new ArrayList<>();
        for (PoolPlan.Resolved backend : plan.backends()) {
            HealthConfig health = config.health();
            // Who the backend is does not matter for what its tickets look like.
            ProbeSettings settings = new ProbeSettings(
                    ProbeSettings.Check.TLS,
                    TICKET_PROBE_TIMEOUT,
                    health.sni() == null ? named(backend) : health.sni(),
                    "/",
                    200,
                    399,
                    PeerTrust.anyone(),
                    proxyHeader(config));
            targets.add(new ProbeTarget(
                    config.id(),
                    backend.backend().id(),
                    backend.address(),
                    settings,
                    ProbeTiming.every(TicketProbing.EVERY)));
        }
        return targets;
    }

    private static ProbeSettings.ProxyHeaderVersion proxyHeader(PoolConfig config) {
        return ProbeSettings.ProxyHeaderVersion.valueOf(
                config.sendProxyProtocol().name());
    }

    private static @Nullable String named(PoolPlan.Resolved backend) {
        String host = backend.backend().address().host();
        return IpAddress.tryParse(host) == null ? host : null;
    }

    /**
     * The listener, its routes leading to these pools.
     *
     * @param boundVips ids of the VIPs that this node owns and has by listening on them
     */
    static ListenerSettings listener(
            HawserConfig whole,
            ListenerConfig config,
            Map<String, Pool> pools,
            NodeMetrics metrics,
            Set<String> boundVips) {
        List<Route<RoutedPool>> routes = new ArrayList<>();
        for (RouteConfig route : config.routes()) {
            Pool pool = pools.get(route.pool());
            if (pool == null) {
                throw new IllegalStateException("listener " + config.id() + " routes to no pool: " + route.pool());
            }
            routes.add(new Route<>(
                    route.sni().stream().map(HostPattern::parse).toList(),
                    route.alpn(),
                    new RoutedPool(pool, metrics.pool(config.id(), route.pool()))));
        }
        return new ListenerSettings(
                config.id(),
                config.bind().stream()
                        .filter(bind -> !Vips.isLeftToOwner(whole, bind, boundVips))
                        .toList(),
                Vips.floating(whole, config.bind()),
                config.protocol() == ListenerConfig.Protocol.TLS,
                config.inspectTimeout().toNanos(),
                config.acceptProxyProtocolFrom(),
                AccessList.of(config.allow(), config.deny()),
                config.maxConnections(),
                config.maxConnectionsPerClient(),
                config.newConnectionsPerClient(),
                config.backlog(),
                new RouteTable<>(routes));
    }

    /**
     * What this node agrees with the others by.
     *
     * @throws IOException when the password for it can't be had, saying why
     */
    static Coordination coordination(HawserConfig config, Identities identities) throws IOException {
        String node = config.node().id();
        ZooKeeperConfig zooKeeper = config.zookeeper();
        return zooKeeper == null
                ? new Standalone(node)
                : new ZooKeeperCoordination(
                        new ZooKeeperSettings(
                                zooKeeper.servers(),
                                zooKeeper.chroot(),
                                (int) zooKeeper.sessionTimeout().toMillis(),
                                node,
                                config.node().address(),
                                credentials(zooKeeper.authFile()),
                                tls(zooKeeper.tls(), identities.zooKeeper())),
                        Clock.systemUTC());
    }

    private static @Nullable ZooKeeperTls tls(@Nullable ZooKeeperTlsConfig config, @Nullable KeptIdentity identity) {
        return config == null || identity == null ? null : new ZooKeeperTls(identity, config.serverName());
    }

    private static @Nullable Credentials credentials(@Nullable Path file) throws IOException {
        try {
            return file == null ? null : Credentials.read(file);
        } catch (FileSystemException e) {
            throw new IOException("zookeeper.auth-file: cannot read " + file + ": " + FileProblem.of(e), e);
        }
    }

    /**
     * What a node tells the others of itself.
     *
     * @param admin where its admin server is bound
     */
    static Member self(HawserConfig config, InetSocketAddress admin, BuildInfo build, Instant started) {
        String address = config.node().address();
        ClusterConfig cluster = config.cluster();
        Endpoint reachable = new Endpoint(
                admin.getAddress().isAnyLocalAddress()
                        ? address
                        : admin.getAddress().getHostAddress(),
                admin.getPort());
        return new Member(
                config.node().id(),
                address,
                cluster == null ? 0 : cluster.port(),
                (config.admin().tls() == null ? "http://" : "https://") + reachable,
                build.version(),
                started);
    }

    /** What a node tells the others of its cluster of itself. */
    static Bulletin bulletin(Member self, Replication replication) {
        return new Bulletin(
                self.id(),
                self.address(),
                self.clusterPort(),
                self.adminUrl(),
                self.version(),
                self.started(),
                replication);
    }

    static InetSocketAddress resolve(Endpoint endpoint, String who) throws IOException {
        return resolve(endpoint, who, null);
    }

    /** Blocks while a name server is asked. */
    private static InetSocketAddress resolve(Endpoint endpoint, String who, PoolPlan.@Nullable Resolved current)
            throws IOException {
        try {
            List<InetAddress> addresses = List.of(InetAddress.getAllByName(endpoint.host()));
            InetAddress address = current == null ? null : current.address().getAddress();
            return new InetSocketAddress(
                    address != null && addresses.contains(address) ? address : addresses.get(0), endpoint.port());
        } catch (UnknownHostException e) {
            throw new IOException(
                    who + ": no address is known for the host " + endpoint.host()
                            + "; correct the name, or see that this machine can look it up",
                    e);
        }
    }
}
