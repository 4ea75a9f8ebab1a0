package io.hawser.node.lbctl;

import io.hawser.node.admin.AppliedBody;
import io.hawser.node.admin.NodeStatus;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lbctl node drain}: have a node's VIPs go elsewhere, and wait until its connections have ended. */
@Command(
        name = "drain",
        description = {
            "Have a node's VIPs go to other nodes and none come to it, until it is resumed; its /readyz says 503.",
            "Waits until its open connections have ended, which it does not hurry."
        },
        mixinStandardHelpOptions = true)
final class NodeDrainCommand extends ChangeCommand {

    private static final int LOOK_EVERY_MILLIS = 200;

    @Parameters(paramLabel = "NODE", arity = "0..1", description = "The node's id. Default: the one that is asked.")
    private @Nullable String id;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            description =
                    "How long to wait for open connections to end, such as 90s or 5m; 0s: not at all. Default: 60s.")
    private String timeout = "60s";

    NodeDrainCommand(Lbctl lbctl) {
        super(lbctl);
    }

    @Override
    NodeApi.Answer<AppliedBody> order(NodeApi node) throws Failure, InterruptedException {
        Duration patience = lbctl().duration("--timeout", timeout);
        String self = node.status().value().node();
        String drained = id == null ? self : id;
        NodeApi.Answer<AppliedBody> answer = node.changeNode(drained, "drain");
        if (answer.value().pending() == null && drained.equals(self)) {
            awaitConnections(node, patience);
        }
        return answer;
    }

    private void awaitConnections(NodeApi node, Duration patience) throws Failure, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        NodeStatus status = node.status().value();
        while (status.connections().active() > 0 && System.nanoTime() - deadline < 0) {
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
            status = node.status().value();
        }
        if (status.connections().active() > 0 && lbctl().output() != Output.JSON) {
            lbctl().shell()
                    .out()
                    .println(Count.of(status.connections().active(), "connection") + " open after " + timeout
                            + ": they go on until they end, or the node is stopped");
        }
    }
}
