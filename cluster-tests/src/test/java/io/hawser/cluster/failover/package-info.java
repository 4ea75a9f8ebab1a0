/** VIPs of whole clusters in the lab: who has them, how long they are dark, and what becomes of connections. */
@NullMarked
package io.hawser.cluster.failover;

import org.jspecify.annotations.NullMarked;
