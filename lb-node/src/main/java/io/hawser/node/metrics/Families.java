package io.hawser.node.metrics;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;
import io.prometheus.client.Histogram;

/** The labelled metric families, of which the small objects hold children. */
final class Families {

    final Counter accepted;
    final Counter acceptPauses;
    final Gauge listenerActive;
    final Counter errors;
    final Histogram helloSeconds;

    final Counter connections;
    final Gauge connectionsActive;
    final Histogram connectSeconds;

    final Counter bytes;
    final Gauge backendActive;
    final Counter backendConnections;
    final Counter backendConnectFailures;
    final Gauge backendUp;
    final Counter healthChecks;
    final Gauge vipOwner;
    final Counter vipTransitions;

    final Counter lookups;
    final Counter moved;
    final Counter resumptions;
    final Counter claims;
    final Counter changesDropped;
    final Counter reconciled;

    Families(CollectorRegistry registry) {
        accepted = counter("hawser_listener_accepted_total", "Connections accepted, refused ones included.", "listener")
                .register(registry);
        acceptPauses = counter(
                        "hawser_accept_pauses_total",
                        "Times that accepting paused because the process or the machine had no file descriptor left.",
                        "listener")
                .register(registry);
        listenerActive = gauge(
                        "hawser_listener_connections_active",
                        "Client connections open now, those without a pool yet included.",
                        "listener")
                .register(registry);
        errors = counter(
                        "hawser_connection_errors_total",
                        "Connections that ended for another reason than that a side closed them.",
                        "listener",
                        "reason")
                .register(registry);
        helloSeconds = Histogram.build(
                        "hawser_client_hello_seconds", "From accepting a TLS client to its whole ClientHello.")
                .buckets(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
                .register(registry);
        connections = counter("hawser_connections_total", "Connections relayed or being relayed.", "listener", "pool")
                .register(registry);
        connectionsActive = gauge("hawser_connections_active", "Connections being relayed now.", "listener", "pool")
                .register(registry);
        connectSeconds = Histogram.build("hawser_backend_connect_seconds", "Successful TCP connects to backends.")
                .labelNames("pool")
                .buckets(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
                .register(registry);
        bytes = counter(
                        "hawser_bytes_total",
                        "Bytes relayed; in is from client to backend, out is from backend to client.",
                        "pool",
                        "backend",
                        "direction")
                .register(registry);
        backendActive = gauge(
                        "hawser_backend_connections_active", "Connections open to the backend now.", "pool", "backend")
                .register(registry);
        backendConnections = counter(
                        "hawser_backend_connections_total", "Connections made to the backend.", "pool", "backend")
                .register(registry);
        backendConnectFailures = counter(
                        "hawser_backend_connect_failures_total",
                        "Connects to the backend that were refused or took too long.",
                        "pool",
                        "backend")
                .register(registry);
        backendUp = gauge("hawser_backend_up", "1 while the backend is held to be up.", "pool", "backend")
                .register(registry);
        vipOwner = gauge("hawser_vip_owner", "1 while this node is the VIP's owner.", "vip")
                .register(registry);
        vipTransitions = counter(
                        "hawser_vip_transitions_total",
                        "How often this node has become the VIP's owner, or has ceased to be, by the reason.",
                        "vip",
                        "reason")
                .register(registry);
        healthChecks = counter(
                        "hawser_health_checks_total",
                        "Health checks done, by their result.",
                        "pool",
                        "backend",
                        "result")
                .register(registry);
        lookups = counter(
                        "hawser_affinity_lookups_total",
                        "Keys looked up for connections: hit stays, miss is unknown, moved was tied to an unusable backend.",
                        "pool",
                        "kind",
                        "result")
                .register(registry);
        moved = counter(
                        "hawser_affinity_moved_total",
                        "Sessions that moved to another backend, by why.",
                        "pool",
                        "reason")
                .register(registry);
        resumptions = counter(
                        "hawser_tls_resumptions_total",
                        "TLS handshakes of pools with tls-session affinity: resumed took a session up again, refused was"
                                + " offered one and began a new one, none was offered nothing.",
                        "pool",
                        "result")
                .register(registry);
        claims = counter(
                        "hawser_affinity_claims_total",
                        "First connections of unknown clients that asked the cluster: won and lost were answered,"
                                + " timed-out and skipped took the balancer's choice without an answer.",
                        "pool",
                        "result")
                .register(registry);
        changesDropped = counter(
                        "hawser_affinity_changes_dropped_total",
                        "Changes of affinity that were not told to the other nodes at once because too many were waiting;"
                                + " they are reconciled.",
                        "pool")
                .register(registry);
        reconciled = counter(
                        "hawser_affinity_reconciled_total",
                        "Entries that a comparison with the cluster found missing: received were missing here, sent were"
                                + " missing there.",
                        "pool",
                        "direction")
                .register(registry);
    }

    private static Counter.Builder counter(String name, String help, String... labels) {
        return Counter.build(name, help).labelNames(labels);
    }

    private static Gauge.Builder gauge(String name, String help, String... labels) {
        return Gauge.build(name, help).labelNames(labels);
    }
}
