/** Tests of what nodes share, without a cluster. */
@NullMarked
package io.hawser.node.state;

import org.jspecify.annotations.NullMarked;
