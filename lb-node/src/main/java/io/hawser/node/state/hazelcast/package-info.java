/**
 * Shared state by Hazelcast: an embedded member in each node. Nothing here is called from an event loop, and listeners only
 * hand on what they hear.
 */
@NullMarked
package io.hawser.node.state.hazelcast;

import org.jspecify.annotations.NullMarked;
