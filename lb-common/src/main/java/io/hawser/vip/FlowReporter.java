package io.hawser.vip;

import io.hawser.net.IpAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Makes the reports of a node about one VIP; what it told is what it takes for known. */
public final class FlowReporter {

    /** Connections of one VIP of one node that others know; some 20 bytes each in a message, 150 in memory. */
    public static final int MOST = 65_536;

    private final String node;
    private final IpAddress vip;
    private final int most;
    private Set<Flow> told = new HashSet<>();
    private int part = FlowReport.PARTS - 1;
    private int untold;

    /**
     * Makes one that has told nothing.
     *
     * @param node this node's id
     * @param most connections to tell of
     */
    public FlowReporter(String node, IpAddress vip, int most) {
        this.node = node;
        this.vip = vip;
        this.most = most;
    }

    /**
     * The next report.
     *
     * @param holder this node's own address on the link
     * @param open all that are open now; those beyond the most are left out, new ones first
     */
    public FlowReport next(IpAddress holder, Set<Flow> open) {
        List<Flow> ended = new ArrayList<>();
        for (Flow flow : told) {
            if (!open.contains(flow)) {
                ended.add(flow);
            }
        }
        Set<Flow> tells = new HashSet<>(told);
        ended.forEach(tells::remove);
        List<Flow> begun = new ArrayList<>();
        for (Flow flow : open) {
            if (tells.size() < most && tells.add(flow)) {
                begun.add(flow);
            }
        }
        untold = open.size() - tells.size();
        told = tells;
        part = (part + 1) % FlowReport.PARTS;
        List<Flow> there =
                tells.stream().filter(flow -> FlowReport.partOf(flow) == part).toList();
        return new FlowReport(node, vip, holder, part, there, begun, ended);
    }

    /** How many the last report had to leave out. */
    public int untold() {
        return untold;
    }
}
