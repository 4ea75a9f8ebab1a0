package io.hawser.node.lbctl;

import io.hawser.node.admin.AppliedBody;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code lbctl node resume}: use a node again that was drained. */
@Command(name = "resume", description = "Use a node again that was drained.", mixinStandardHelpOptions = true)
final class NodeResumeCommand extends ChangeCommand {

    @Parameters(paramLabel = "NODE", arity = "0..1", description = "The node's id. Default: the one that is asked.")
    private @Nullable String id;

    NodeResumeCommand(Lbctl lbctl) {
        super(lbctl);
    }

    @Override
    NodeApi.Answer<AppliedBody> order(NodeApi node) throws Failure, InterruptedException {
        String resumed = id;
        return node.changeNode(resumed == null ? node.status().value().node() : resumed, "resume");
    }
}
