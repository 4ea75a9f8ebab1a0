package io.hawser.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Everything one node is configured with. */
public record HawserConfig(
        @Key(value = "The node itself.", byDefault = "{}") NodeConfig node,
        @Key(
                        value = "The nodes that share sessions and health with this one; without it, it stands alone.",
                        restart = true)
                @Nullable ClusterConfig cluster,
        @Key(value = "What knows the nodes alive, and keeps what operators change.", restart = true) @Nullable ZooKeeperConfig zookeeper,
        @Key(
                        value = "The floating addresses, each of which one node has at any time.",
                        byDefault = "[]",
                        restart = true)
                List<VipConfig> vips,
        @Key(value = "What becomes of open connections when a VIP changes hands.", byDefault = "{}")
                FailoverConfig failover,
        @Key(value = "The admin server: metrics, health of the node, `lbctl`.", byDefault = "{}") AdminConfig admin,
        @Key(value = "What is logged, and how.", byDefault = "{}") LogConfig log,
        @Key(value = "Where clients connect.", nonEmpty = true) List<ListenerConfig> listeners,
        @Key(value = "Where their connections go.", nonEmpty = true) List<PoolConfig> pools) {

    public HawserConfig {
        vips = List.copyOf(vips);
        listeners = List.copyOf(listeners);
        pools = List.copyOf(pools);
    }
}
