/** A cluster under mixed traffic and random faults for as long as one likes: {@link io.hawser.cluster.soak.SoakIT}. */
@NullMarked
package io.hawser.cluster.soak;

import org.jspecify.annotations.NullMarked;
