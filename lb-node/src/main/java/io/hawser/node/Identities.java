package io.hawser.node;

import io.hawser.config.AdminTlsConfig;
import io.hawser.config.HawserConfig;
import io.hawser.config.TlsConfig;
import io.hawser.config.ZooKeeperTlsConfig;
import io.hawser.node.identity.HandshakeCounts;
import io.hawser.node.identity.IdentityFiles;
import io.hawser.node.identity.KeptIdentity;
import io.hawser.node.metrics.NodeMetrics;
import io.hawser.node.state.hazelcast.LinkSecurity;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who this node is to whom; those of the links that are not secured are null.
 *
 * @param zooKeeper to ZooKeeper's servers
 * @param cluster to the other members of the cluster
 * @param admin to clients of the admin server
 * @param clusterHandshakes what became of the handshakes with these
 */
record Identities(
        @Nullable KeptIdentity zooKeeper,
        @Nullable KeptIdentity cluster,
        @Nullable KeptIdentity admin,
        HandshakeCounts clusterHandshakes)
        implements AutoCloseable {

    /**
     * Reads the files that the configuration names, and keeps looking at them.
     *
     * @throws IOException saying which file is wrong and what to do
     */
    static Identities of(HawserConfig config) throws IOException {
        ZooKeeperTlsConfig zooKeeper =
                config.zookeeper() == null ? null : config.zookeeper().tls();
        TlsConfig cluster = config.cluster() == null ? null : config.cluster().tls();
        AdminTlsConfig admin = config.admin().tls();
        List<KeptIdentity> kept = new ArrayList<>();
        try {
            return new Identities(
                    zooKeeper == null
                            ? null
                            : keep(
                                    kept,
                                    "zookeeper.tls",
                                    zooKeeper.certificateFile(),
                                    zooKeeper.keyFile(),
                                    zooKeeper.caFile()),
                    cluster == null
                            ? null
                            : keep(kept, "cluster.tls", cluster.certificateFile(), cluster.keyFile(), cluster.caFile()),
                    admin == null ? null : keep(kept, "admin.tls", admin.certificateFile(), admin.keyFile(), null),
                    new HandshakeCounts());
        } catch (IOException e) {
            kept.forEach(KeptIdentity::close);
            throw e;
        }
    }

    private static KeptIdentity keep(
            List<KeptIdentity> kept, String section, Path certificate, Path key, @Nullable Path authorities)
            throws IOException {
        KeptIdentity one =
                KeptIdentity.of(new IdentityFiles(section, certificate, key, authorities), Clock.systemUTC());
        kept.add(one);
        return one;
    }

    /** How this node and the other members make sure of each other; null when they don't. */
    @Nullable LinkSecurity clusterSecurity() {
        return cluster == null ? null : new LinkSecurity(cluster, clusterHandshakes);
    }

    List<KeptIdentity> all() {
        return Stream.of(zooKeeper, cluster, admin).filter(Objects::nonNull).toList();
    }

    /** Has the metrics say when they end. */
    void show(NodeMetrics metrics) {
        if (cluster != null) {
            metrics.sampled().clusterHandshakes(clusterHandshakes::byResult);
        }
        for (KeptIdentity one : all()) {
            metrics.sampled()
                    .certificate(
                            one.section().replaceFirst("\\..*", ""),
                            () -> one.current().notAfter().getEpochSecond(),
                            () -> one.problem() == null);
        }
    }

    /** Looks at the files now. Blocks. */
    void look() {
        all().forEach(KeptIdentity::look);
    }

    @Override
    public void close() {
        all().forEach(KeptIdentity::close);
    }
}
