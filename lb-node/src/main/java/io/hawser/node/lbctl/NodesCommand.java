package io.hawser.node.lbctl;

import io.hawser.node.admin.ClusterStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code lbctl nodes}: a line for each node that is there. */
@Command(
        name = "nodes",
        description = "Show the nodes that act as one.",
        mixinStandardHelpOptions = true,
        footerHeading = "%n",
        footer = {
            "* marks the node that was asked. Nodes that are drained and stopped are not shown.",
            "LAG is how long ago the oldest change of affinity was made that not every other node has taken in; SAFE TO",
            "STOP says whether nothing that the node knows of sessions would be lost if it stopped now."
        })
final class NodesCommand extends ShowCommand {

    NodesCommand(Lbctl lbctl) {
        super(lbctl);
    }

    @Override
    String title() {
        return "lbctl nodes";
    }

    @Override
    String json(NodeApi node) throws Failure, InterruptedException {
        return node.nodes().json();
    }

    @Override
    Page page(NodeApi node) throws Failure, InterruptedException {
        ClusterStatus cluster = node.nodes().value();
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
