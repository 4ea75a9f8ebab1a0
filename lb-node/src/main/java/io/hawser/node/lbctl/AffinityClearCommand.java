package io.hawser.node.lbctl;

import io.hawser.node.admin.AppliedBody;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lbctl affinity clear}: makes every node forget sessions. */
@Command(
        name = "clear",
        description = "Make every node forget a pool's sessions: all of them, or those that one option names.",
        mixinStandardHelpOptions = true)
final class AffinityClearCommand extends ChangeCommand {

    @Parameters(paramLabel = "POOL", description = "The pool.")
    private String pool = "";

    @ArgGroup
    private Selection selection = new Selection();

    /** Which sessions; all when none is given. */
    static final class Selection {

        @Option(names = "--client", paramLabel = "IP", description = "The one of this client's network.")
        private @Nullable String client;

        @Option(names = "--key", paramLabel = "DIGEST", description = "Those of this key.")
        private @Nullable String key;

        @Option(names = "--backend", paramLabel = "ID", description = "All that are tied to this backend.")
        private @Nullable String backend;
    }

    AffinityClearCommand(Lbctl lbctl) {
        super(lbctl);
    }

    @Override
    NodeApi.Answer<AppliedBody> order(NodeApi node) throws Failure, InterruptedException {
        Map<String, @Nullable String> which = new LinkedHashMap<>();
        which.put("client", AffinityCommand.checkedClient(lbctl(), selection.client));
        which.put("key", AffinityCommand.checkedKey(lbctl(), selection.key));
        which.put("backend", selection.backend);
        return node.clearAffinity(pool, which);
    }
}
