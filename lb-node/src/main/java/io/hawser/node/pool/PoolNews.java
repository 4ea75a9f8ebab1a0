package io.hawser.node.pool;

import io.hawser.affinity.Issuer;
import java.util.List;

/** Takes what a pool has found out and other nodes should know. */
public interface PoolNews {

    /** This node's own view of one of the pool's backends has changed. Called on the control thread. */
    void healthChanged(PoolControl pool);

    /** Something has become known of who issues which tickets. Called from event loops, must not block. */
    void issuersFound(String pool, List<Issuer> found);
}
