/**
 * The whole system on one machine, to watch: {@code lb-node demo}. {@link io.hawser.node.demo.Demo} is the play; a {@link
 * io.hawser.node.demo.Stage} has what runs (ZooKeeper, nodes, backends), {@link io.hawser.node.demo.Traffic} the
 * clients, {@link io.hawser.node.demo.Tally} what became of their sessions. Nothing of a node depends on this.
 */
@NullMarked
package io.hawser.node.demo;

import org.jspecify.annotations.NullMarked;
