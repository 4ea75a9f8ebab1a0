/** What is told to systemd, over a real socket, and when. */
@NullMarked
package io.hawser.node.systemd;

import org.jspecify.annotations.NullMarked;
