/** The data path is tested with real sockets on loopback, between clients and servers that do as they are told. */
@NullMarked
package io.hawser.node.connection;

import org.jspecify.annotations.NullMarked;
