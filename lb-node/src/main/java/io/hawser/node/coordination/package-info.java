/**
 * What the nodes agree on outside the traffic: who is there, and what operators have changed. Start reading at
 * {@link io.hawser.node.coordination.Coordination}.
 */
@NullMarked
package io.hawser.node.coordination;

import org.jspecify.annotations.NullMarked;
