/** Tests of the command line {@code lbctl}. */
@NullMarked
package io.hawser.node.lbctl;

import org.jspecify.annotations.NullMarked;
