/** Several nodes that agree by a real ZooKeeper, seen from outside. */
@NullMarked
package io.hawser.cluster.coordination;

import org.jspecify.annotations.NullMarked;
