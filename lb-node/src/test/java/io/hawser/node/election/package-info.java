@NullMarked
package io.hawser.node.election;

import org.jspecify.annotations.NullMarked;
