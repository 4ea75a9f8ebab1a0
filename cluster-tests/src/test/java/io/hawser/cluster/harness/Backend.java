package io.hawser.cluster.harness;

import java.net.InetSocketAddress;

/** A server behind a node. */
public interface Backend {

    /** Its name in the node's pool, and the common name of its certificate. */
    String id();

    /** Where it listens. */
    InetSocketAddress address();
}
