/** What tests of the node share. */
@NullMarked
package io.hawser.node.testing;

import org.jspecify.annotations.NullMarked;
