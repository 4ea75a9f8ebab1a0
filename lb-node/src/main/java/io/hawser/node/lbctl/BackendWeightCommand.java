package io.hawser.node.lbctl;

import com.fasterxml.jackson.databind.node.IntNode;
import io.hawser.node.admin.AppliedBody;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code lbctl backend weight}: a backend's share of new sessions. */
@Command(
        name = "weight",
        description = "Set a backend's share of new sessions; the configured weight ends this.",
        mixinStandardHelpOptions = true)
final class BackendWeightCommand extends ChangeCommand {

    private static final int MAX_WEIGHT = 1000;

    @Parameters(index = "0", paramLabel = "POOL/BACKEND", description = "The backend, such as shop/b1.")
    private String backend = "";

    @Parameters(
            index = "1",
            paramLabel = "N",
            description = "0 to " + MAX_WEIGHT + "; 0: no new sessions, but it keeps those it has.")
    private int weight;

    BackendWeightCommand(Lbctl lbctl) {
        super(lbctl);
    }

    @Override
    NodeApi.Answer<AppliedBody> order(NodeApi node) throws Failure, InterruptedException {
        if (weight < 0 || weight > MAX_WEIGHT) {
            throw lbctl().wrongUsage("the weight " + weight + " is not between 0 and " + MAX_WEIGHT);
        }
        return node.setBackend(lbctl().backendName(backend), "weight", IntNode.valueOf(weight));
    }
}
