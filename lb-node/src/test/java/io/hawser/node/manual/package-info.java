/** What is written for people and shells about the command lines. */
@NullMarked
package io.hawser.node.manual;

import org.jspecify.annotations.NullMarked;
