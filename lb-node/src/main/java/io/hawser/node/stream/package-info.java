/**
 * The data path's sockets: a {@link io.hawser.node.stream.Stream} is one TCP socket, as little of it as a connection
 * needs.
 *
 * <p>Start with {@link io.hawser.node.stream.StreamLoop}. With epoll the node drives its sockets itself ({@link
 * io.hawser.node.stream.EpollStream}), because Netty's channels cost twice the system calls for each connection; with
 * the other transports they are Netty's channels ({@link io.hawser.node.stream.ChannelStream}). Both behave alike.
 */
@NullMarked
package io.hawser.node.stream;

import org.jspecify.annotations.NullMarked;
