/**
 * Tells systemd how this process stands, by sd_notify(3). {@link io.hawser.node.systemd.Supervisor} is what others use;
 * where no service manager asks, it does nothing.
 */
@NullMarked
package io.hawser.node.systemd;

import org.jspecify.annotations.NullMarked;
