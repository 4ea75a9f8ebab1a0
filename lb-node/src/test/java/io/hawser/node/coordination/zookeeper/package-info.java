@NullMarked
package io.hawser.node.coordination.zookeeper;

import org.jspecify.annotations.NullMarked;
