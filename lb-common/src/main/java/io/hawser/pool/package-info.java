/** Backends and pools: who they are, how they stand, and the one view of them that a connection sees. */
@NullMarked
package io.hawser.pool;

import org.jspecify.annotations.NullMarked;
