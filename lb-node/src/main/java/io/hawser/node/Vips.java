package io.hawser.node;

import io.hawser.config.FailoverConfig;
import io.hawser.config.HawserConfig;
import io.hawser.config.VipConfig;
import io.hawser.net.Endpoint;
import io.hawser.node.coordination.Coordination;
import io.hawser.node.election.ContestedVip;
import io.hawser.node.election.Election;
import io.hawser.node.election.LivenessPort;
import io.hawser.node.election.LivenessWatch;
import io.hawser.node.metrics.NodeMetrics;
import io.hawser.node.state.SharedState;
import io.hawser.node.transport.Transport;
import io.hawser.node.vip.BindVipDriver;
import io.hawser.node.vip.EstablishedConnections;
import io.hawser.node.vip.HandOverSettings;
import io.hawser.node.vip.KernelVipDriver;
import io.hawser.node.vip.NoVipDriver;
import io.hawser.node.vip.Vip;
import io.hawser.node.vip.VipDriver;
import io.hawser.node.vip.VipException;
import io.hawser.vip.Candidacy;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This node's part in the VIPs of the configuration, and its place among those who could own them. */
final class Vips {

    private static final Logger log = LoggerFactory.getLogger(Vips.class);

    /** The address stays while connections whose time is over are reset by it. */
    private static final int TIME_TO_RESET_SECONDS = 5;

    private final HawserConfig config;
    private final @Nullable Election election;
    private final Transport transport;
    private final EventLoopGroup control;
    private final BooleanSupplier ready;
    private @Nullable LivenessPort port;
    private @Nullable LivenessWatch watch;

    private Vips(
            HawserConfig config,
            @Nullable Election election,
            Transport transport,
            EventLoopGroup control,
            BooleanSupplier ready) {
        this.config = config;
        this.election = election;
        this.transport = transport;
        this.control = control;
        this.ready = ready;
    }

    /**
     * Makes it; removes what an earlier process of this node left on the interfaces.
     *
     * @param sockets has listeners listen on a VIP, for the driver {@code bind}
     * @param ready whether this node serves
     * @throws IOException when this host can't hold VIPs as they are configured
     */
    static Vips of(
            HawserConfig config,
            Coordination coordination,
            SharedState state,
            NodeMetrics metrics,
            Transport transport,
            EventLoopGroup control,
            BindVipDriver.Sockets sockets,
            BooleanSupplier ready)
            throws IOException {
        if (config.zookeeper() == null) {
            return new Vips(config, null, transport, control, ready);
        }
        config.vips().forEach(vip -> metrics.vip(vip.id()));
        Election election = new Election(
                config.node().id(),
                contested(config, state, metrics, sockets),
                coordination.vips(),
                (vip, owner, reason) -> metrics.vip(vip).transition(owner, reason),
                System::nanoTime);
        return new Vips(config, election, transport, control, ready);
    }

    private static List<ContestedVip> contested(
            HawserConfig config, SharedState state, NodeMetrics metrics, BindVipDriver.Sockets sockets)
            throws IOException {
        Map<VipConfig.Driver, List<VipConfig>> byDriver = config.vips().stream()
                .collect(Collectors.groupingBy(
                        VipConfig::driver, () -> new EnumMap<>(VipConfig.Driver.class), Collectors.toList()));
        List<ContestedVip> contested = new ArrayList<>();
        for (Map.Entry<VipConfig.Driver, List<VipConfig>> one : byDriver.entrySet()) {
            VipDriver driver = driver(config, one.getKey(), one.getValue(), sockets);
            EstablishedConnections connections = one.getKey() == VipConfig.Driver.KERNEL
                    ? connections(config, one.getValue(), state, metrics)
                    : null;
            for (VipConfig vip : one.getValue()) {
                contested.add(new ContestedVip(
                        plan(vip),
                        vip.prefer(),
                        vip.preempt(),
                        vip.preemptDelay().toNanos(),
                        driver,
                        connections,
                        (int) config.failover().handOverTimeout().toSeconds() + TIME_TO_RESET_SECONDS));
            }
        }
        return contested;
    }

    /** Null when nothing is to be done, or can. */
    private static @Nullable EstablishedConnections connections(
            HawserConfig config, List<VipConfig> vips, SharedState state, NodeMetrics metrics) {
        FailoverConfig failover = config.failover();
        if (!failover.handOver() && !failover.tellClients()) {
            return null;
        }
        FlowNews news = new FlowNews(state);
        HandOverSettings wanted =
                new HandOverSettings(failover.handOver(), failover.handOverTimeout(), failover.tellClients());
        EstablishedConnections connections;
        try {
            connections = established(config, vips, wanted, news);
        } catch (VipException e) {
            log.warn(
                    "connections that are open over a VIP will not survive its move ({}); see docs/vip.md for what that"
                            + " needs, or set failover.hand-over to false",
                    e.getMessage());
            connections =
                    established(config, vips, new HandOverSettings(false, wanted.patience(), wanted.tickle()), news);
        }
        news.listen(connections::heard);
        EstablishedConnections made = connections;
        metrics.sampled()
                .vipConnections(
                        () -> made.figures().untold(),
                        () -> made.figures().handed(),
                        () -> made.figures().tickled(),
                        () -> made.figures().notTickled());
        return connections;
    }

    private static EstablishedConnections established(
            HawserConfig config, List<VipConfig> vips, HandOverSettings settings, FlowNews news) {
        return new EstablishedConnections(
                config.node().id(), vips.stream().map(Vips::plan).toList(), settings, news::tell, System::nanoTime);
    }

    private static VipDriver driver(
            HawserConfig config, VipConfig.Driver kind, List<VipConfig> vips, BindVipDriver.Sockets sockets)
            throws IOException {
        return switch (kind) {
            case NONE -> new NoVipDriver();
            case BIND -> {
                Map<String, List<InetSocketAddress>> ports = new LinkedHashMap<>();
                vips.forEach(vip -> ports.put(vip.id(), ports(config, vip)));
                yield new BindVipDriver(sockets, ports);
            }
            case KERNEL -> {
                try {
                    yield new KernelVipDriver(vips.stream().map(Vips::plan).toList());
                } catch (VipException e) {
                    throw new IOException(e.getMessage(), e);
                }
            }
        };
    }

    private static Vip plan(VipConfig vip) {
        String on = vip.interfaceName();
        return new Vip(vip.id(), vip.address().address(), vip.address().length(), on == null ? "" : on);
    }

    private static List<InetSocketAddress> ports(HawserConfig config, VipConfig vip) {
        return config.listeners().stream()
                .flatMap(listener -> listener.bind().stream())
                .filter(bind -> vip.isReachedBy(bind, true))
                .map(bind -> new InetSocketAddress(vip.address().address().toInetAddress(), bind.port()))
                .toList();
    }

    /** The part of a listener's addresses that this host has only at times. */
    static Set<Endpoint> floating(HawserConfig config, List<Endpoint> bind) {
        return bind.stream()
                .filter(one -> config.vips().stream()
                        .anyMatch(vip -> vip.driver() != VipConfig.Driver.NONE && vip.isReachedBy(one, true)))
                .collect(Collectors.toSet());
    }

    /** Whether only the owner of a VIP listens there, and this node isn't the owner. */
    static boolean isLeftToOwner(HawserConfig config, Endpoint bind, Set<String> bound) {
        return config.vips().stream()
                .anyMatch(vip -> vip.driver() == VipConfig.Driver.BIND
                        && vip.isReachedBy(bind, true)
                        && !bound.contains(vip.id()));
    }

    /** Begins to take part; this node is a candidate once it is ready. Blocks for a moment. */
    void start() throws IOException {
        Election taking = election;
        if (taking == null) {
            return;
        }
        if (!config.vips().isEmpty()) {
            port = LivenessPort.open(
                    control,
                    transport.serverChannel(),
                    Plans.resolve(
                            new Endpoint(config.node().address(), config.node().livenessPort()), "node.address"));
        }
        LivenessWatch watching =
                new LivenessWatch(control.next(), transport.channel(), taking::refused, taking::reached);
        watch = watching;
        taking.start(watching);
        tell();
    }

    /** Tells the others how this node is; now and again, and when that has changed. */
    void tell() {
        if (election != null) {
            election.tell(candidacy(ready.getAsBoolean()));
        }
    }

    private Candidacy candidacy(boolean isReady) {
        LivenessPort open = port;
        return new Candidacy(
                config.node().id(),
                isReady,
                isDrained(),
                config.vips().stream().map(VipConfig::id).collect(Collectors.toSet()),
                open == null ? "" : open.address());
    }

    /** Whether an operator wants this node empty. */
    boolean isDrained() {
        return election != null
                && election.picture().drained().contains(config.node().id());
    }

    /** Null where there is no ZooKeeper to agree by. */
    @Nullable Election election() {
        return election;
    }

    /**
     * Has the others take this node's VIPs over.
     *
     * @return completes when it has none that another could have
     */
    CompletableFuture<Void> leave() {
        return election == null ? CompletableFuture.completedFuture(null) : election.leave(candidacy(true));
    }

    /** Lets go of everything. Blocks for a few seconds at most. */
    void close() {
        if (election != null) {
            election.close();
        }
        LivenessWatch watching = watch;
        if (watching != null) {
            watching.close();
        }
        LivenessPort open = port;
        if (open != null) {
            open.close();
        }
    }
}
