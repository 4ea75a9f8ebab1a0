package io.hawser.node.coordination;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** Hears what the nodes agree on; called on the coordination's threads, one call at a time, and must not block. */
public interface CoordinationListener {

    /**
     * What operators have set, all of it; what is not in it is not set any more.
     *
     * @return completes once it is in force on this node
     */
    CompletionStage<?> operated(List<OperatorChange> all);

    /** The nodes that are there, this one too once it is registered, by id. */
    void membersChanged(List<Member> members);
}
