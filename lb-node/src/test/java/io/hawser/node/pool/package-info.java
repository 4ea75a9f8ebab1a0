/** Tests of pools and the state of their backends. */
@NullMarked
package io.hawser.node.pool;

import org.jspecify.annotations.NullMarked;
