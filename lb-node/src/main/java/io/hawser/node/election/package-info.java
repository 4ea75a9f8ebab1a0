/**
 * Who owns which VIP: what ZooKeeper says goes into the machines that decide, and what they want done is done. Start
 * reading at {@link io.hawser.node.election.Election}.
 */
@NullMarked
package io.hawser.node.election;

import org.jspecify.annotations.NullMarked;
