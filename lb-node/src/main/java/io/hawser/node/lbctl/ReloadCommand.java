package io.hawser.node.lbctl;

import io.hawser.node.admin.AppliedBody;
import picocli.CommandLine.Command;

/** {@code lbctl reload}: has the node take its changed configuration file in. */
@Command(
        name = "reload",
        description = "Take the changed configuration file in, and say what has changed. A file with an error changes"
                + " nothing.",
        mixinStandardHelpOptions = true)
final class ReloadCommand extends ChangeCommand {

    ReloadCommand(Lbctl lbctl) {
        super(lbctl);
    }

    @Override
    NodeApi.Answer<AppliedBody> order(NodeApi node) throws Failure, InterruptedException {
        return node.reload();
    }
}
