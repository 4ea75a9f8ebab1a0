package io.hawser.node.coordination;

import java.util.List;
import java.util.Set;

/** What has become of an operator's change. */
public sealed interface ChangeOutcome {

    /**
     * It is in force on every node that is there.
     *
     * @param nodes their ids
     */
    record InForce(Set<String> nodes) implements ChangeOutcome {

        public InForce {
            nodes = Set.copyOf(nodes);
        }
    }

    /**
     * It is kept and will be in force on every node, but not all have confirmed it in time.
     *
     * @param unconfirmed the ids of those that have not; empty when it could not be asked for any more
     */
    record Kept(List<String> unconfirmed) implements ChangeOutcome {

        public Kept {
            unconfirmed = List.copyOf(unconfirmed);
        }
    }

    /**
     * It could not be kept, and so was not made.
     *
     * @param why what is in the way
     */
    record Refused(String why) implements ChangeOutcome {}
}
