package io.hawser.node;

import io.hawser.config.ClusterConfig;
import io.hawser.config.HawserConfig;
import io.hawser.net.Endpoint;
import io.hawser.node.state.SharedState;
import io.hawser.node.state.Standalone;
import io.hawser.node.state.hazelcast.HazelcastSettings;
import io.hawser.node.state.hazelcast.HazelcastState;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** Makes this node a member of its cluster, where it has one. */
final class Membership {

    /**
     * How long the first connection of an unknown client may wait to hear whether another node knows it. A cluster that is
     * well answers within a millisecond or two.
     */
    private static final Duration CLAIM_WAIT = Duration.ofMillis(10);

    private Membership() {}

    /**
     * Joins the cluster, or founds it; takes seconds. A node without the section {@code cluster} stands alone.
     *
     * @param registered where the members are that ZooKeeper knows of
     * @throws IOException saying what is in the way and what to do
     */
    static SharedState join(HawserConfig config, Supplier<List<InetSocketAddress>> registered) throws IOException {
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
                new HazelcastSettings(cluster.name(), node, address, CLAIM_WAIT, peers),
                System::nanoTime,
                new SecureRandom().nextLong());
    }
}
