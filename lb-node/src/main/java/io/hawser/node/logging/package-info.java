/** What the node writes on its own: events on stdout, and an access line for each connection. */
@NullMarked
package io.hawser.node.logging;

import org.jspecify.annotations.NullMarked;
