package io.hawser.node;

import io.hawser.config.ClusterConfig;
import io.hawser.config.HawserConfig;
import io.hawser.net.Endpoint;
import io.hawser.node.coordination.Coordination;
import io.hawser.node.state.SharedState;
import io.hawser.node.state.Standalone;
import io.hawser.node.state.hazelcast.HazelcastSettings;
import io.hawser.node.state.hazelcast.HazelcastState;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/**
 * What makes this node one of several, or says that it stands alone.
 *
 * @param coordination what the nodes agree on
 * @param orders what operators have set, as the coordination knows it
 * @param state what the nodes share of sessions and backends
 * @param identities who this node is on the links that are secured
 * @param started when this node was started
 */
record Membership(
        Coordination coordination, OperatorOrders orders, SharedState state, Identities identities, Instant started) {

    /**
     * How long the first connection of an unknown client may wait to hear whether another node knows it. A cluster that is
     * well answers within a millisecond or two.
     */
    private static final Duration CLAIM_WAIT = Duration.ofMillis(10);

    private static final Duration RECONCILE_EVERY = Duration.ofSeconds(30);

    /**
     * Makes this node known to the others, and a member of its cluster; takes seconds. What operators have set is known
     * then, wherever it can be.
     *
     * @throws IOException saying what is in the way and what to do
     */
    static Membership enter(HawserConfig config, BuildInfo build) throws IOException {
        Instant started = Instant.now();
        Identities identities = Identities.of(config);
        Coordination coordination;
        try {
            coordination = Plans.coordination(config, identities);
        } catch (IOException | RuntimeException e) {
            identities.close();
            throw e;
        }
        try {
            OperatorOrders orders = new OperatorOrders();
            coordination.start(orders);
            // Before it joins: nodes that start at the same time are to find each other.
            coordination.register(
                    Plans.self(config, Plans.resolve(config.admin().bind(), "admin.bind"), build, started));
            return new Membership(
                    coordination, orders, join(config, identities, () -> peers(coordination)), identities, started);
        } catch (InterruptedException e) {
            coordination.close();
            identities.close();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while starting");
        } catch (IOException | RuntimeException e) {
            coordination.close();
            identities.close();
            throw e;
        }
    }

    private static List<InetSocketAddress> peers(Coordination coordination) {
        return coordination.members().stream()
                .filter(member -> member.clusterPort() > 0)
                .map(member -> new InetSocketAddress(member.address(), member.clusterPort()))
                .filter(address -> !address.isUnresolved())
                .toList();
    }

    /** Leaves in order; takes up to half a minute, while what this node held for others is handed over. */
    void close() {
        state.close();
        coordination.close();
        identities.close();
    }

    /**
     * Joins the cluster, or founds it; takes seconds. A node without the section {@code cluster} stands alone.
     *
     * @param registered where the members are that ZooKeeper knows of
     * @throws IOException saying what is in the way and what to do
     */
    private static SharedState join(
            HawserConfig config, Identities identities, Supplier<List<InetSocketAddress>> registered)
            throws IOException {
        ClusterConfig cluster = config.cluster();
        String node = config.node().id();
        if (cluster == null) {
            return new Standalone(node, config.node().address());
        }
        List<Endpoint> listed = cluster.join();
        Supplier<List<InetSocketAddress>> peers = cluster.joinsByZooKeeper()
                ? registered
                : () -> listed.stream()
                        .map(member -> new InetSocketAddress(member.host(), member.port()))
                        .filter(member -> !member.isUnresolved())
                        .toList();
        InetSocketAddress address =
                Plans.resolve(new Endpoint(config.node().address(), cluster.port()), "node.address");
        return HazelcastState.join(
                new HazelcastSettings(
                        cluster.name(),
                        node,
                        address,
                        CLAIM_WAIT,
                        RECONCILE_EVERY,
                        peers,
                        identities.clusterSecurity()),
                System::nanoTime,
                new SecureRandom().nextLong());
    }
}
