/** The command lines of {@code lb-node} and {@code lbctl}. */
@NullMarked
package io.hawser.node.command;

import org.jspecify.annotations.NullMarked;
