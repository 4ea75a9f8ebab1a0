/**
 * A VIP on an interface: the kernel is told to keep an address for a while, and the neighbours where it is. What is to be
 * held, and when, {@link io.hawser.vip.VipMachine} decides. Start reading at {@link io.hawser.node.vip.VipDriver}; what
 * becomes of connections when a VIP changes hands is at {@link io.hawser.node.vip.EstablishedConnections}.
 */
@NullMarked
package io.hawser.node.vip;

import org.jspecify.annotations.NullMarked;
