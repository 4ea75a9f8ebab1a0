/** Affinity: the keys that tie a client to its backend, and the bounded local table that remembers them. */
@NullMarked
package io.hawser.affinity;

import org.jspecify.annotations.NullMarked;
