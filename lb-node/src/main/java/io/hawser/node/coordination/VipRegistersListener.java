package io.hawser.node.coordination;

import io.hawser.vip.Roster;
import io.hawser.vip.VipEvent;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Hears what becomes of VIPs in ZooKeeper: all on one thread, in the order in which it came from there. Must not block,
 * and must not keep that order for less than it does: what is heard first is to be heeded first.
 */
public interface VipRegistersListener {

    /**
     * The connection has come, gone, or is over.
     *
     * @param sessionTimeoutMillis what the session was granted; of no meaning unless it is {@link VipEvent.Connected}
     */
    void session(VipEvent event, int sessionTimeoutMillis);

    /** Something was read, written or has changed of a VIP. */
    void vip(String vip, VipEvent event);

    /** The nodes that are there. */
    void nodes(List<Roster.Entry> all);

    /**
     * What operators want.
     *
     * @param moved by VIP the node it was moved to
     * @param drained the ids of the nodes to be empty
     */
    void operated(Map<String, String> moved, Set<String> drained);
}
