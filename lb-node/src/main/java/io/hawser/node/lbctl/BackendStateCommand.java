package io.hawser.node.lbctl;

import com.fasterxml.jackson.databind.node.TextNode;
import io.hawser.node.admin.AppliedBody;
import io.hawser.pool.OperatorState;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code lbctl backend drain|ready|down}: what the operator wants of a backend. */
@Command(mixinStandardHelpOptions = true)
final class BackendStateCommand extends ChangeCommand {

    private final OperatorState state;

    @Parameters(paramLabel = "POOL/BACKEND", description = "The backend, such as shop/b1.")
    private String backend = "";

    private BackendStateCommand(Lbctl lbctl, OperatorState state) {
        super(lbctl);
        this.state = state;
    }

    /** The command that sets this state, under its name. */
    static CommandLine of(Lbctl lbctl, OperatorState state) {
        CommandLine command = new CommandLine(new BackendStateCommand(lbctl, state));
        command.getCommandSpec()
                .name(state.name().toLowerCase(Locale.ROOT))
                .usageMessage()
                .description(
                        switch (state) {
                            case READY -> "Give the backend new sessions, while it is healthy.";
                            case DRAIN -> "Give the backend no new sessions; it keeps those it has.";
                            case DOWN ->
                                "Give the backend nothing; its sessions move, open connections go on until they"
                                        + " end.";
                        });
        return command;
    }

    @Override
    NodeApi.Answer<AppliedBody> order(NodeApi node) throws Failure, InterruptedException {
        return node.setBackend(
                lbctl().backendName(backend),
                "state",
                TextNode.valueOf(state.name().toLowerCase(Locale.ROOT)));
    }
}
