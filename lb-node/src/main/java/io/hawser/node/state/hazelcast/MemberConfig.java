package io.hawser.node.state.hazelcast;

import com.hazelcast.cluster.Address;
import com.hazelcast.config.ClassFilter;
import com.hazelcast.config.Config;
import com.hazelcast.config.ExecutorConfig;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MemberAddressProviderConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.config.NetworkConfig;
import com.hazelcast.config.SerializerConfig;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.spi.MemberAddressProvider;
import com.hazelcast.spi.discovery.DiscoveryNode;
import com.hazelcast.spi.discovery.SimpleDiscoveryNode;
import com.hazelcast.spi.discovery.integration.DiscoveryService;
import com.hazelcast.spi.properties.ClusterProperty;
import io.hawser.affinity.AffinitySegment;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The configuration of an embedded member: bound to one address, found by Hawser's own means, quick to see that another
 * is gone, and closed to whatever is not ours.
 */
final class MemberConfig {

    /** Of the maps that hold affinity tables, before the pool's id. */
    static final String TABLES = "affinity/";

    /** Of no pool: the ids of pools have no such character. */
    static final String SCRATCH = TABLES + '~';

    static final String NODE_ATTRIBUTE = "io.hawser.node";

    /**
     * What may have gone wrong where another member ran something, and what such an exception has within. One that is not
     * here is heard of all the same, but not what it was.
     */
    private static final String[] FAILURES = {
        "java.lang.Throwable",
        "java.lang.StackTraceElement",
        "[Ljava.lang.StackTraceElement;",
        "java.util.ArrayList",
        "java.util.CollSer",
        "java.util.Collections$EmptyList",
        "java.util.Collections$UnmodifiableCollection",
        "java.util.Collections$UnmodifiableList",
        "java.lang.Exception",
        "java.lang.RuntimeException",
        "java.lang.IllegalStateException",
        "java.lang.IllegalArgumentException",
        "java.lang.NumberFormatException",
        "java.lang.UnsupportedOperationException",
        "java.lang.NullPointerException",
        "java.lang.ClassCastException",
        "java.lang.IndexOutOfBoundsException",
        "java.lang.ArrayIndexOutOfBoundsException",
        "java.lang.NegativeArraySizeException",
        "java.lang.InterruptedException",
        "java.lang.SecurityException",
        "java.lang.ReflectiveOperationException",
        "java.lang.ClassNotFoundException",
        "java.lang.Error",
        "java.lang.AssertionError",
        "java.lang.LinkageError",
        "java.lang.NoClassDefFoundError",
        "java.lang.VirtualMachineError",
        "java.lang.OutOfMemoryError",
        "java.lang.StackOverflowError",
        "java.io.IOException",
        "java.io.EOFException",
        "java.io.UTFDataFormatException",
        "java.io.UncheckedIOException",
        "java.util.NoSuchElementException",
        "java.util.ConcurrentModificationException",
        "java.util.concurrent.CancellationException",
        "java.util.concurrent.CompletionException",
        "java.util.concurrent.ExecutionException",
        "java.util.concurrent.RejectedExecutionException",
        "java.util.concurrent.TimeoutException",
    };

    private MemberConfig() {}

    static Config of(HazelcastSettings settings, LocalContext context) {
        Config config = new Config();
        config.setInstanceName(settings.node() + '@' + settings.address());
        config.setClusterName(settings.cluster());
        config.getMemberAttributeConfig().setAttribute(NODE_ATTRIBUTE, settings.node());
        config.getUserContext().put(LocalContext.KEY, context);
        properties(config);
        network(config.getNetworkConfig(), settings);
        serialization(config, context);
        config.addExecutorConfig(new ExecutorConfig(Members.EXECUTOR, 1).setStatisticsEnabled(false));
        config.addMapConfig(new MapConfig(TABLES + '*')
                .setInMemoryFormat(InMemoryFormat.OBJECT)
                // A claim doesn't wait for the second copy: every mirror is told as well, and brings back what a death
                // takes before the copy is made.
                .setBackupCount(0)
                .setAsyncBackupCount(1)
                .setStatisticsEnabled(false)
                .setMergePolicyConfig(new MergePolicyConfig(LatestUseWins.class.getName(), 16)));
        return config;
    }

    private static void properties(Config config) {
        set(config, ClusterProperty.LOGGING_TYPE.getName(), "slf4j");
        set(config, ClusterProperty.PHONE_HOME_ENABLED.getName(), "false");
        // The node decides when it leaves: after its connections, not beside them.
        set(config, ClusterProperty.SHUTDOWNHOOK_ENABLED.getName(), "false");
        set(config, ClusterProperty.GRACEFUL_SHUTDOWN_MAX_WAIT.getName(), "30");
        set(config, ClusterProperty.SOCKET_BIND_ANY.getName(), "false");
        set(config, ClusterProperty.SOCKET_SERVER_BIND_ANY.getName(), "false");
        set(config, ClusterProperty.SOCKET_CLIENT_BIND_ANY.getName(), "false");
        set(config, ClusterProperty.DISCOVERY_SPI_ENABLED.getName(), "true");
        // A silent member is given up after five seconds; the defaults allow it a minute, and calls hang as long.
        set(config, ClusterProperty.HEARTBEAT_INTERVAL_SECONDS.getName(), "1");
        set(config, ClusterProperty.MAX_NO_HEARTBEAT_SECONDS.getName(), "5");
        set(config, ClusterProperty.MASTERSHIP_CLAIM_TIMEOUT_SECONDS.getName(), "5");
        // An attempt of the time when the network was cut must not be waited for when it is whole again: the kernel
        // tries
        // once more after 1, 3, 7, 15 seconds and so on.
        set(config, ClusterProperty.SOCKET_CONNECT_TIMEOUT_SECONDS.getName(), "2");
        set(config, ClusterProperty.OPERATION_CALL_TIMEOUT_MILLIS.getName(), "5000");
        set(config, ClusterProperty.OPERATION_BACKUP_TIMEOUT_MILLIS.getName(), "1000");
        // Halves that meet again are one within seconds, not minutes.
        set(config, ClusterProperty.MERGE_FIRST_RUN_DELAY_SECONDS.getName(), "3");
        set(config, ClusterProperty.MERGE_NEXT_RUN_DELAY_SECONDS.getName(), "3");
        set(config, ClusterProperty.WAIT_SECONDS_BEFORE_JOIN.getName(), "1");
        set(config, ClusterProperty.MAX_JOIN_SECONDS.getName(), "30");
        set(config, ClusterProperty.METRICS_JMX_ENABLED.getName(), "false");
        // The member serves some thousand small operations a second; its defaults are for a server of its own.
        set(config, ClusterProperty.PARTITION_OPERATION_THREAD_COUNT.getName(), "2");
        set(config, ClusterProperty.GENERIC_OPERATION_THREAD_COUNT.getName(), "2");
        set(config, ClusterProperty.IO_THREAD_COUNT.getName(), "1");
        set(config, ClusterProperty.EVENT_THREAD_COUNT.getName(), "1");
        // Answers are few and small: the thread that reads them handles them, one hand-over less for a claim.
        set(config, ClusterProperty.RESPONSE_THREAD_COUNT.getName(), "0");
        config.getMetricsConfig().setEnabled(false);
        config.getJetConfig().setEnabled(false);
    }

    private static void set(Config config, String property, String value) {
        config.setProperty(property, value);
    }

    private static void network(NetworkConfig network, HazelcastSettings settings) {
        InetSocketAddress address = settings.address();
        network.setPort(address.getPort()).setPortAutoIncrement(false).setReuseAddress(true);
        // Picking among the interfaces' addresses would not find every address that this machine has.
        network.setMemberAddressProviderConfig(
                new MemberAddressProviderConfig().setEnabled(true).setImplementation(new OneAddress(address)));
        network.getJoin().getAutoDetectionConfig().setEnabled(false);
        network.getJoin().getMulticastConfig().setEnabled(false);
        network.getJoin().getTcpIpConfig().setEnabled(false);
        network.getJoin()
                .getDiscoveryConfig()
                .setDiscoveryServiceProvider(discovery -> new PeerDiscovery(settings.peers()));
    }

    private static void serialization(Config config, LocalContext context) {
        config.getSerializationConfig()
                .addDataSerializableFactory(DataTypes.FACTORY, new DataTypes())
                .addSerializerConfig(new SerializerConfig()
                        .setTypeClass(AffinitySegment.class)
                        .setImplementation(new SegmentSerializer(context)))
                // What members send each other has serializers of its own; of Java's only the exceptions that an
                // operation ends with are let in.
                .setJavaSerializationFilterConfig(new JavaSerializationFilterConfig()
                        .setDefaultsDisabled(true)
                        .setWhitelist(
                                new ClassFilter().addPrefixes("com.hazelcast.").addClasses(FAILURES)));
    }

    /** Binds to one address and no other, and says so to the others. */
    private record OneAddress(InetSocketAddress address) implements MemberAddressProvider {

        @Override
        public InetSocketAddress getBindAddress() {
            return address;
        }

        @Override
        public InetSocketAddress getBindAddress(EndpointQualifier qualifier) {
            return address;
        }

        @Override
        public InetSocketAddress getPublicAddress() {
            return address;
        }

        @Override
        public InetSocketAddress getPublicAddress(EndpointQualifier qualifier) {
            return address;
        }
    }

    /** Tells Hazelcast where Hawser knows nodes. */
    private record PeerDiscovery(Supplier<List<InetSocketAddress>> peers) implements DiscoveryService {

        @Override
        public void start() {
            // Nothing to start: the peers are known elsewhere.
        }

        @Override
        public Iterable<DiscoveryNode> discoverNodes() {
            List<DiscoveryNode> nodes = new ArrayList<>();
            for (InetSocketAddress peer : peers.get()) {
                nodes.add(new SimpleDiscoveryNode(new Address(peer)));
            }
            return nodes;
        }

        @Override
        public Map<String, String> discoverLocalMetadata() {
            return Map.of();
        }

        @Override
        public void destroy() {
            // Nothing to stop.
        }
    }
}
