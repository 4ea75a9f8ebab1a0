/** Limits on connections: in all, per listener, per client, per second. */
@NullMarked
package io.hawser.limit;

import org.jspecify.annotations.NullMarked;
