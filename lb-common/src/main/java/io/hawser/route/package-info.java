/** Routes: from a ClientHello's names to a pool. */
@NullMarked
package io.hawser.route;

import org.jspecify.annotations.NullMarked;
