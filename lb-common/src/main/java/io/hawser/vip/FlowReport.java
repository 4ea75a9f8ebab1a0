package io.hawser.vip;

import io.hawser.net.IpAddress;
import java.util.List;

/**
 * What a node tells of the connections that it has open over a VIP: those that have come and gone since its last report,
 * and all that there are in one part of many, in turn, so that whoever missed a report knows better after one round.
 *
 * @param node that has them
 * @param vip the VIP's address
 * @param holder the node's own address on the VIP's link, where packets of these connections can be handed to it
 * @param part which part, 0 or more and less than {@link #PARTS}
 * @param there all connections of that part
 * @param begun in any part
 * @param ended in any part
 */
public record FlowReport(
        String node, IpAddress vip, IpAddress holder, int part, List<Flow> there, List<Flow> begun, List<Flow> ended) {

    /** A round takes so many reports, a second each. */
    public static final int PARTS = 32;

    public FlowReport {
        there = List.copyOf(there);
        begun = List.copyOf(begun);
        ended = List.copyOf(ended);
    }

    /** The part that a connection is in; the same on every node. */
    static int partOf(Flow flow) {
        long mixed = (flow.client().low() ^ flow.client().high()) * 31 + flow.clientPort();
        return (int) ((mixed * 0x9e37_79b9_7f4a_7c15L) >>> 59);
    }
}
