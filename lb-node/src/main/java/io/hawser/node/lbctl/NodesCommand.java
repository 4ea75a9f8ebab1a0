package io.hawser.node.lbctl;

import io.hawser.node.admin.ClusterStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code lbctl nodes}: a line for each node that is there. */
@Command(
        name = "nodes",
        description = "Show the nodes that act as one.",
        mixinStandardHelpOptions = true,
        footerHeading = "%n",
        footer = {
            "* marks the node that was asked. Nodes that are drained and stopped are not shown.",
            "LAG is how long ago the oldest change of affinity was made that not every other node has taken in; SAFE TO",
            "STOP says whether nothing that the node knows of sessions would be lost if it stopped now.",
            "",
            "Before a node is stopped: lbctl --node URL nodes --wait-safe && systemctl stop lb-node"
        })
final class NodesCommand extends ShowCommand {

    private static final long LOOK_MILLIS = 250;

    @Option(
            names = "--wait-safe",
            description =
                    "Wait until the node that is asked is safe to stop: exit 0 then, 1 when the time is over or it"
                            + " shares nothing.")
    private boolean waitSafe;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "How long --wait-safe waits, such as 90s or 5m. Default: 60s.")
    private @Nullable String timeout;

    NodesCommand(Lbctl lbctl) {
        super(lbctl);
    }

    /** The nodes; when that is asked for, only once this one is safe to stop. */
    private NodeApi.Answer<ClusterStatus> asked(NodeApi node) throws Failure, InterruptedException {
        if (!waitSafe) {
            if (timeout != null) {
                throw lbctl().wrongUsage("--timeout is for --wait-safe");
            }
            return node.nodes();
        }
        if (lbctl().watches()) {
            throw lbctl().wrongUsage("--wait-safe ends when the node is safe to stop, --watch never does");
        }
        Duration limit = timeout == null ? Duration.ofSeconds(60) : lbctl().duration("--timeout", timeout);
        long begin = System.nanoTime();
        while (true) {
            NodeApi.Answer<ClusterStatus> answer = node.nodes();
            List<String> unsafe = unsafe(answer.value());
            if (unsafe.isEmpty()) {
                return answer;
            }
            if (System.nanoTime() - begin >= limit.toNanos()) {
                throw new Failure(
                        "the node at " + node.node() + " is not safe to stop after "
                                + Humane.span(limit.toMillis() / 1e3),
                        unsafe);
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /** What would be lost if the node that was asked stopped now, one sentence each. */
    private static List<String> unsafe(ClusterStatus cluster) {
        for (ClusterStatus.NodeEntry entry : cluster.nodes()) {
            ClusterStatus.Sharing sharing = entry.sharing();
            if (entry.self() && sharing != null) {
                return sharing.unsafe();
            }
        }
        return List.of("it shares what it knows of sessions with no other node, or has not told yet");
    }

    @Override
    String title() {
        return "lbctl nodes";
    }

    @Override
    String json(NodeApi node) throws Failure, InterruptedException {
        return asked(node).json();
    }

    @Override
    Page page(NodeApi node) throws Failure, InterruptedException {
        ClusterStatus cluster = asked(node).value();
        Table table = new Table(
                Column.text("NODE"),
                Column.text("ADDRESS"),
                Column.number("PORT").spare(3),
                Column.text("VERSION").spare(1),
                Column.number("UP FOR").spare(2),
                Column.number("LAG").spare(4),
                Column.text("SAFE TO STOP"),
                Column.text("ADMIN"));
        List<String> notes = new ArrayList<>(notes(cluster));
        for (ClusterStatus.NodeEntry entry : cluster.nodes()) {
            ClusterStatus.Sharing sharing = entry.sharing();
            Duration age =
                    Duration.between(entry.started(), lbctl().shell().clock().instant());
            table.row(
                    entry.self() ? Cell.of(entry.node() + " *", Cell.Tone.TITLE) : Cell.of(entry.node()),
                    Cell.of(entry.address()),
                    Cell.ofLimit(entry.clusterPort()),
                    Cell.of(entry.version()),
                    Cell.of(Humane.span(Math.max(0, age.toSeconds()))),
                    Cell.of(sharing == null ? null : Humane.span(sharing.lagSeconds())),
                    safety(sharing),
                    Cell.of(entry.admin()));
            if (sharing != null) {
                sharing.unsafe().forEach(why -> notes.add(entry.node() + ": " + why));
            }
        }
        return new Page(table, notes);
    }

    private static Cell safety(ClusterStatus.@Nullable Sharing sharing) {
        if (sharing == null) {
            return Cell.of(null);
        }
        return sharing.safeToStop() ? new Cell("yes", Cell.Tone.GOOD) : new Cell("no", Cell.Tone.WARNING);
    }

    private static List<String> notes(ClusterStatus cluster) {
        if (cluster.coordination().equals("standalone")) {
            return List.of(
                    "no ZooKeeper is configured: what operators change holds on this node, until it is restarted");
        }
        return cluster.problems();
    }
}
