package io.hawser.node.lbctl;

import io.hawser.node.admin.ClusterStatus;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code lbctl nodes}: a line for each node that is there. */
@Command(
        name = "nodes",
        description = "Show the nodes that act as one.",
        mixinStandardHelpOptions = true,
        footerHeading = "%n",
        footer = "* marks the node that was asked. Nodes that are drained and stopped are not shown.")
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
                Column.text("ADMIN"));
        for (ClusterStatus.NodeEntry entry : cluster.nodes()) {
            Duration age =
                    Duration.between(entry.started(), lbctl().shell().clock().instant());
            table.row(
                    entry.self() ? Cell.of(entry.node() + " *", Cell.Tone.TITLE) : Cell.of(entry.node()),
                    Cell.of(entry.address()),
                    Cell.ofLimit(entry.clusterPort()),
                    Cell.of(entry.version()),
                    Cell.of(Humane.span(Math.max(0, age.toSeconds()))),
                    Cell.of(entry.admin()));
        }
        return new Page(table, notes(cluster));
    }

    private static List<String> notes(ClusterStatus cluster) {
        if (cluster.coordination().equals("standalone")) {
            return List.of(
                    "no ZooKeeper is configured: what operators change holds on this node, until it is restarted");
        }
        return cluster.problems();
    }
}
