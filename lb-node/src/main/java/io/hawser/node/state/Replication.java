package io.hawser.node.state;

import java.util.List;

/**
 * How well what this node knows has reached the others.
 *
 * @param shared whether there is a cluster at all
 * @param changesWaiting changes of this node's that are not on their way yet
 * @param lagMillis how long ago the oldest change was made that not every other node has taken in; 0 when all have
 * @param backupsInSync whether every part of the tables that lies here lies on another node as well
 * @param unsafe what would be lost if this node stopped now, one sentence each; empty when nothing would
 */
public record Replication(
        boolean shared, int changesWaiting, long lagMillis, boolean backupsInSync, List<String> unsafe) {

    public Replication {
        unsafe = List.copyOf(unsafe);
    }

    /** A node without a cluster has nobody who could take over from it. */
    public static Replication none() {
        return new Replication(
                false, 0, 0, false, List.of("the node has no cluster: what it knows of sessions ends with it"));
    }

    /** Whether nothing is under way that a moment's patience would bring to the others. */
    public boolean isSettled() {
        return !shared || (changesWaiting == 0 && lagMillis == 0 && backupsInSync);
    }

    /** Whether nothing is lost when this node stops now. */
    public boolean safeToStop() {
        return unsafe.isEmpty();
    }
}
