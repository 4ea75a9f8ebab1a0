/** The kernel's side of the event loops: epoll, io_uring or NIO, chosen once at start. */
@NullMarked
package io.hawser.node.transport;

import org.jspecify.annotations.NullMarked;
