/** Clients and backends that mean harm, are broken, or die: what they may cost is their own connection. */
@NullMarked
package io.hawser.cluster.hostile;

import org.jspecify.annotations.NullMarked;
