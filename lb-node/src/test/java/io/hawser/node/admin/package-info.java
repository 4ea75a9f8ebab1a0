/** The admin address, asked over real sockets. */
@NullMarked
package io.hawser.node.admin;

import org.jspecify.annotations.NullMarked;
