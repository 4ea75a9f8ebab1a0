/**
 * What the nodes of a cluster share: the affinity tables, what their probes see, who is there. The data path reads local
 * memory only; what goes to others and comes from them passes here, on threads of its own. Start reading at {@link
 * io.hawser.node.state.SharedState}.
 */
@NullMarked
package io.hawser.node.state;

import org.jspecify.annotations.NullMarked;
