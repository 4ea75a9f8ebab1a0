/** Addresses, networks and host names as operators write them and peers show them. */
@NullMarked
package io.hawser.net;

import org.jspecify.annotations.NullMarked;
