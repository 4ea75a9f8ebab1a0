package io.hawser.vip;

import io.hawser.net.IpAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections over VIPs that other nodes have, by what they last told; kept for nodes that are gone as well, whose
 * clients may not know yet.
 */
public final class ReportedFlows {

    private static final class Told {
        private IpAddress holder;
        private long heardAtNanos;
        private final Set<Flow> flows = new HashSet<>();

        Told(IpAddress holder) {
            this.holder = holder;
        }
    }

    /** A node that has connections tells so every second; of one that died, its VIPs' next owners want to know. */
    private static final long KEPT_NANOS = 60_000_000_000L;

    /** Long after the report that is due each second. */
    private static final long SILENT_NANOS = 10_000_000_000L;

    private final int most;
    /** By VIP and node. */
    private final Map<IpAddress, Map<String, Told>> told = new HashMap<>();

    /**
     * Makes one that knows of none.
     *
     * @param most connections of one node over one VIP; more aren't believed
     */
    public ReportedFlows(int most) {
        this.most = most;
    }

    /** A node has told this; its reports come in order, and some may be missing. */
    public void take(FlowReport report, long nowNanos) {
        if (report.holder().isV4() != report.vip().isV4()) {
            return;
        }
        Told of = told.computeIfAbsent(report.vip(), vip -> new HashMap<>())
                .computeIfAbsent(report.node(), node -> new Told(report.holder()));
        of.holder = report.holder();
        of.heardAtNanos = nowNanos;
        report.ended().forEach(of.flows::remove);
        of.flows.removeIf(flow -> FlowReport.partOf(flow) == report.part());
        add(report, of.flows, report.there());
        add(report, of.flows, report.begun());
    }

    private void add(FlowReport report, Set<Flow> to, Iterable<Flow> more) {
        for (Flow flow : more) {
            boolean sound = flow.vip().equals(report.vip())
                    && flow.client().isV4() == flow.vip().isV4();
            if (sound && to.size() < most) {
                to.add(flow);
            }
        }
    }

    /** Those of one node over one VIP. */
    public Set<Flow> of(String node, IpAddress vip) {
        Told of = find(node, vip);
        return of == null ? Set.of() : Set.copyOf(of.flows);
    }

    /** A node's own address on a VIP's link; null when it hasn't told. */
    public @Nullable IpAddress holder(String node, IpAddress vip) {
        Told of = find(node, vip);
        return of == null ? null : of.holder;
    }

    /** Whether a node that told of its connections over a VIP doesn't do so any more: it has none, or doesn't serve them. */
    public boolean isSilent(String node, IpAddress vip, long nowNanos) {
        Told of = find(node, vip);
        return of != null && nowNanos - of.heardAtNanos > SILENT_NANOS;
    }

    private @Nullable Told find(String node, IpAddress vip) {
        Map<String, Told> nodes = told.get(vip);
        return nodes == null ? null : nodes.get(node);
    }

    /**
     * Where the packets of which connections are to be handed.
     *
     * @param gone ids of nodes to whom nothing is handed
     * @param lastOwner the node that had the VIP last: where two nodes tell of one connection, it is right
     */
    public Map<Flow, IpAddress> holders(IpAddress vip, Set<String> gone, @Nullable String lastOwner) {
        Map<Flow, IpAddress> holders = new HashMap<>();
        told.getOrDefault(vip, Map.of()).forEach((node, of) -> {
            if (!gone.contains(node)) {
                for (Flow flow : of.flows) {
                    if (node.equals(lastOwner)) {
                        holders.put(flow, of.holder);
                    } else {
                        holders.putIfAbsent(flow, of.holder);
                    }
                }
            }
        });
        return holders;
    }

    /** All of them. */
    public long size() {
        return told.values().stream()
                .flatMap(nodes -> nodes.values().stream())
                .mapToLong(of -> of.flows.size())
                .sum();
    }

    /** Forgets nodes that have been silent for a minute; called now and again. */
    public void expire(long nowNanos) {
        told.values().forEach(nodes -> nodes.values().removeIf(of -> nowNanos - of.heardAtNanos > KEPT_NANOS));
    }

    /** Whatever a node had over a VIP is over. */
    public void forget(String node, IpAddress vip) {
        Map<String, Told> nodes = told.get(vip);
        if (nodes != null) {
            nodes.remove(node);
        }
    }
}
