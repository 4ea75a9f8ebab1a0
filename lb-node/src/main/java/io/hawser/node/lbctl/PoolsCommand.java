package io.hawser.node.lbctl;

import io.hawser.node.admin.PoolStatus;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code lbctl pools}: a line for each pool. */
@Command(name = "pools", description = "Show the pools.", mixinStandardHelpOptions = true)
final class PoolsCommand extends ShowCommand {

    PoolsCommand(Lbctl lbctl) {
        super(lbctl);
    }

    @Override
    String title() {
        return "lbctl pools";
    }

    @Override
    String json(NodeApi node) throws Failure, InterruptedException {
        return node.pools().json();
    }

    @Override
    Page page(NodeApi node) throws Failure, InterruptedException {
        Table table = new Table(
                Column.text("POOL"),
                Column.text("BALANCE").spare(4),
                Column.text("STATE"),
                Column.number("UP"),
                Column.number("BACKENDS"),
                Column.number("OPEN"),
                Column.number("NEW").spare(1),
                Column.number("IN").spare(2),
                Column.number("OUT").spare(2),
                Column.text("AFFINITY").spare(5),
                Column.number("TTL").spare(6),
                Column.number("ENTRIES").spare(3));
        List<String> notes = new ArrayList<>();
        for (PoolStatus pool : node.pools().value()) {
            long up = pool.backends().stream().filter(StatusCommand::isUp).count();
            long open = 0;
            double connections = 0;
            double in = 0;
            double out = 0;
            for (PoolStatus.BackendStatus backend : pool.backends()) {
                open += backend.active();
                connections += backend.rates().connections();
                in += backend.rates().bytesIn();
                out += backend.rates().bytesOut();
            }
            PoolStatus.Affinity affinity = pool.affinity();
            table.row(
                    Cell.of(pool.pool()),
                    Cell.of(pool.balance()),
                    state(pool, up),
                    Cell.of(up),
                    Cell.of(pool.backends().size()),
                    Cell.of(open),
                    Cell.of(Humane.perSecond(connections)),
                    Cell.of(Humane.bytesPerSecond(in)),
                    Cell.of(Humane.bytesPerSecond(out)),
                    Cell.of(affinity == null ? "off" : String.join(", ", affinity.by())),
                    Cell.of(affinity == null ? null : Humane.span(affinity.ttlSeconds())),
                    Cell.of(affinity == null ? null : Long.toString(affinity.entries())));
            if (pool.failOpen()) {
                notes.add("pool " + pool.pool() + " fails open: all its backends look down, so all are tried");
            }
        }
        return new Page(table, notes);
    }

    private static Cell state(PoolStatus pool, long up) {
        if (pool.failOpen()) {
            return new Cell("fails open", Cell.Tone.BAD);
        }
        return up == pool.backends().size()
                ? new Cell("up", Cell.Tone.GOOD)
                : new Cell(up == 0 ? "down" : "degraded", up == 0 ? Cell.Tone.BAD : Cell.Tone.WARNING);
    }
}
