/** Addresses that move between hosts. */
@NullMarked
package io.hawser.cluster.vip;

import org.jspecify.annotations.NullMarked;
