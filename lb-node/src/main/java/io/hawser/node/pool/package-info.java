/**
 * Pools as this node runs them. The data path reads a pool's state, which is replaced whole; one control thread makes
 * the next state from probes, failed connects, operators and reloads: start reading at {@link io.hawser.node.pool.Pool}.
 */
@NullMarked
package io.hawser.node.pool;

import org.jspecify.annotations.NullMarked;
