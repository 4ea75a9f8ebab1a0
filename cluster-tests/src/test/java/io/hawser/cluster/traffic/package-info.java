/**
 * What a whole cluster is watched by: {@link io.hawser.cluster.traffic.Traffic} of several kinds, who has the VIP, and what
 * may be put down to a fault.
 */
@NullMarked
package io.hawser.cluster.traffic;

import org.jspecify.annotations.NullMarked;
