/** Probes of backends that serve, hang, lie and die. */
@NullMarked
package io.hawser.node.probe;

import org.jspecify.annotations.NullMarked;
