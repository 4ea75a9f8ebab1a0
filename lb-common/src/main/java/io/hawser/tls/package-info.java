/** Readers of what TLS peers send in the clear. Hostile bytes end here. */
@NullMarked
package io.hawser.tls;

import org.jspecify.annotations.NullMarked;
