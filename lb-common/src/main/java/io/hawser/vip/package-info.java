/** Floating addresses: which node should own each, and who may hold one when, so that never two do. */
@NullMarked
package io.hawser.vip;

import org.jspecify.annotations.NullMarked;
