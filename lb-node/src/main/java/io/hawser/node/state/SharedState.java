package io.hawser.node.state;

import io.hawser.affinity.LocalAffinityTable;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What this node shares with the others of its cluster.
 *
 * <p>Nothing here is for event loops but the tables, which are made for them. Listeners are called on threads of the
 * implementation's and must not block.
 */
public interface SharedState extends AutoCloseable {

    /** The nodes that are there, this one too, by id. */
    List<Peer> peers();

    /** The ids of the nodes that are there, this one's too. */
    default Set<String> members() {
        return peers().stream().map(Peer::node).collect(Collectors.toUnmodifiableSet());
    }

    /** Why this node should not take connections over from others yet; empty when it may. */
    List<String> unreadiness();

    /** How well what this node knows has reached the others; never blocks. */
    Replication replication();

    /**
     * Shares a pool's table from now on.
     *
     * @param mirror this node's copy, which the result reads and keeps up to date
     */
    SharedTable share(String pool, LocalAffinityTable mirror, long ttlMillis, int maxEntries, TableEvents events);

    /** No longer shares a pool's table; the other nodes go on. */
    void unshare(String pool);

    /**
     * Tells all other nodes that are there now; without effect when nobody is. May be lost, so what matters is told again.
     *
     * @param topic a short name
     */
    void tell(String topic, byte[] message);

    /** Hears what other nodes tell; the messages come from peers, in the order in which each sent them. */
    void listen(String topic, Consumer<byte[]> listener);

    /** Calls the listener whenever a node has come or gone, or halves of the cluster have met again. */
    void onPeersChanged(Runnable listener);

    /** Leaves the cluster in order; waits until what this node held for others is handed over, up to half a minute. */
    @Override
    void close();
}
