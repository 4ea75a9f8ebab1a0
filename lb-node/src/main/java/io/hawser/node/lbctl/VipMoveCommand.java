package io.hawser.node.lbctl;

import io.hawser.node.admin.AppliedBody;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lbctl vip move}: which node owns a VIP. */
@Command(
        name = "move",
        description = "Have a node own a VIP, for as long as it can; it lasts until the VIP is moved again.",
        mixinStandardHelpOptions = true)
final class VipMoveCommand extends ChangeCommand {

    @Parameters(paramLabel = "VIP", description = "The VIP's id; 'lbctl vips' lists them.")
    private String vip = "";

    @ArgGroup(multiplicity = "1")
    private Where where = new Where();

    /** Where to. */
    private static final class Where {

        @Option(names = "--to", paramLabel = "NODE", description = "The id of the node that is to own it.")
        private @Nullable String node;

        @Option(
                names = "--anywhere",
                description = "Forget earlier moves: its preferences count again, where it is to be moved for them.")
        private boolean anywhere;
    }

    VipMoveCommand(Lbctl lbctl) {
        super(lbctl);
    }

    @Override
    NodeApi.Answer<AppliedBody> order(NodeApi node) throws Failure, InterruptedException {
        return node.moveVip(vip, where.anywhere ? null : where.node);
    }
}
