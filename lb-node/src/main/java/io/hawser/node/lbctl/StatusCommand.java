package io.hawser.node.lbctl;

import io.hawser.node.admin.NodeStatus;
import io.hawser.node.admin.PoolStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;

/** {@code lbctl status}: the node as a whole, and what is wrong with it. */
@Command(name = "status", description = "Show the node as a whole.", mixinStandardHelpOptions = true)
final class StatusCommand extends ShowCommand {

    StatusCommand(Lbctl lbctl) {
        super(lbctl);
    }

    @Override
    String title() {
        return "lbctl status";
    }

    @Override
    String json(NodeApi node) throws Failure, InterruptedException {
        return node.status().json();
    }

    @Override
    Page page(NodeApi node) throws Failure, InterruptedException {
        NodeStatus status = node.status().value();
        List<PoolStatus> pools = node.pools().value();
        Table table = new Table(Column.text(""), Column.text("").shrinksTo(20));
        String phase = status.phase().name().toLowerCase(Locale.ROOT);
        line(
                table,
                "node",
                status.node() + " is " + phase + ", up for " + Humane.span(status.uptimeSeconds()),
                status.phase() == NodeStatus.Phase.SERVING ? Cell.Tone.GOOD : Cell.Tone.WARNING);
        line(
                table,
                "version",
                status.version() + " (" + status.revision() + "), Java " + status.java() + ", " + status.transport()
                        + ", " + Count.of(status.eventLoops(), "event loop"),
                Cell.Tone.PLAIN);
        configuration(table, status.configuration());
        line(
                table,
                "connections",
                status.connections().active() + " open, " + status.connections().accepted() + " accepted, "
                        + status.connections().errors() + " ended in error",
                Cell.Tone.PLAIN);
        line(
                table,
                "traffic",
                Humane.bytes(status.bytesIn()) + " in, " + Humane.bytes(status.bytesOut()) + " out",
                Cell.Tone.PLAIN);
        for (PoolStatus pool : pools) {
            pool(table, pool);
        }
        return new Page(table, List.of());
    }

    private void configuration(Table table, NodeStatus.Configuration configuration) {
        Duration age =
                Duration.between(configuration.loaded(), lbctl().shell().clock().instant());
        line(
                table,
                "configuration",
                configuration.file() + ", taken in " + Humane.span(Math.max(0, age.toSeconds())) + " ago",
                Cell.Tone.PLAIN);
        if (configuration.lastReloadFailed()) {
            line(
                    table,
                    "",
                    "the last reload was refused: the file is not what is in force; 'lbctl reload' says why",
                    Cell.Tone.BAD);
        }
        for (String waiting : configuration.waitsForRestart()) {
            line(table, "", waiting, Cell.Tone.WARNING);
        }
    }

    private static void pool(Table table, PoolStatus pool) {
        List<String> out = new ArrayList<>();
        for (PoolStatus.BackendStatus backend : pool.backends()) {
            if (!isUp(backend)) {
                out.add(backend.backend() + " " + backend.health().name().toLowerCase(Locale.ROOT));
            }
        }
        int all = pool.backends().size();
        String text = (all - out.size()) + " of " + Count.of(all, "backend") + " up"
                + (out.isEmpty() ? "" : "; " + String.join(", ", out));
        if (pool.failOpen()) {
            line(table, "pool " + pool.pool(), text + "; fails open: all are tried", Cell.Tone.BAD);
        } else {
            line(table, "pool " + pool.pool(), text, out.isEmpty() ? Cell.Tone.GOOD : Cell.Tone.WARNING);
        }
    }

    static boolean isUp(PoolStatus.BackendStatus backend) {
        return backend.health() == PoolStatus.Health.UP || backend.health() == PoolStatus.Health.UNCHECKED;
    }

    private static void line(Table table, String label, String text, Cell.Tone tone) {
        table.row(new Cell(Printable.of(label), Cell.Tone.TITLE), Cell.of(text, tone));
    }
}
