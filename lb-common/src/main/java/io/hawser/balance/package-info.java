/** Balancers: which of a pool's eligible backends takes a connection that nothing ties to one. */
@NullMarked
package io.hawser.balance;

import org.jspecify.annotations.NullMarked;
