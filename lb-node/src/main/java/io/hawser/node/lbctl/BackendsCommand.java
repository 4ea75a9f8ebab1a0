package io.hawser.node.lbctl;

import io.hawser.node.admin.PoolStatus;
import io.hawser.pool.OperatorState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code lbctl backends}: a line for each backend, with its health and why. */
@Command(
        name = "backends",
        description = "Show the backends of all pools, or of one.",
        mixinStandardHelpOptions = true,
        footerHeading = "%n",
        footer = {
            "STATE is what the operator wants, HEALTH what checks and connections say, SINCE for how long.",
            "WEIGHT is the share of new sessions now and, where it differs, after '/' the one configured.",
            "SET BY is the node that took the operator's last order, while one holds.",
            "NEW, IN and OUT are means over the last ten seconds; TOTAL and FAILED count since the start."
        })
final class BackendsCommand extends ShowCommand {

    @Parameters(arity = "0..1", paramLabel = "POOL", description = "The pool; all when it is left out.")
    private @Nullable String pool;

    BackendsCommand(Lbctl lbctl) {
        super(lbctl);
    }

    @Override
    String title() {
        return "lbctl backends" + (pool == null ? "" : " " + pool);
    }

    @Override
    String json(NodeApi node) throws Failure, InterruptedException {
        return asked(node).json();
    }

    private NodeApi.Answer<List<PoolStatus>> asked(NodeApi node) throws Failure, InterruptedException {
        return pool == null ? node.pools() : node.pool(pool);
    }

    @Override
    Page page(NodeApi node) throws Failure, InterruptedException {
        Table table = new Table(
                Column.text("POOL"),
                Column.text("BACKEND"),
                Column.text("ADDRESS").shrinksTo(12).spare(2),
                Column.text("STATE"),
                Column.text("HEALTH"),
                Column.number("SINCE").spare(4),
                Column.number("WEIGHT"),
                Column.number("OPEN"),
                Column.number("MAX").spare(8),
                Column.number("NEW").spare(3),
                Column.number("IN").spare(5),
                Column.number("OUT").spare(5),
                Column.number("TOTAL").spare(7),
                Column.number("FAILED").spare(6),
                Column.text("SET BY").spare(2),
                Column.text("WHY").shrinksTo(16).spare(1));
        List<String> notes = new ArrayList<>();
        for (PoolStatus one : asked(node).value()) {
            for (PoolStatus.BackendStatus backend : one.backends()) {
                row(table, one, backend, lbctl().shell().clock().instant());
            }
            if (one.failOpen()) {
                notes.add("pool " + one.pool() + " fails open: all its backends look down, so all are tried");
            }
        }
        return new Page(table, notes);
    }

    private static void row(Table table, PoolStatus pool, PoolStatus.BackendStatus backend, Instant now) {
        table.row(
                Cell.of(pool.pool()),
                Cell.of(backend.backend()),
                Cell.of(backend.address() + (backend.backup() ? " (backup)" : "")),
                state(backend.operator()),
                health(backend.health()),
                Cell.of(Humane.span(backend.sinceSeconds())),
                weight(backend),
                Cell.of(backend.active()),
                Cell.ofLimit(backend.maxConnections()),
                Cell.of(Humane.perSecond(backend.rates().connections())),
                Cell.of(Humane.bytesPerSecond(backend.rates().bytesIn())),
                Cell.of(Humane.bytesPerSecond(backend.rates().bytesOut())),
                Cell.of(backend.connections()),
                Cell.ofBad(backend.connectFailures()),
                Cell.of(setBy(backend.setBy(), now)),
                Cell.of(backend.detail()));
    }

    private static @Nullable String setBy(PoolStatus.@Nullable SetBy by, Instant now) {
        return by == null
                ? null
                : by.node() + ", "
                        + Humane.span(Math.max(0, Duration.between(by.at(), now).toSeconds())) + " ago";
    }

    private static Cell state(OperatorState state) {
        return new Cell(
                state.name().toLowerCase(Locale.ROOT),
                state == OperatorState.READY ? Cell.Tone.PLAIN : Cell.Tone.WARNING);
    }

    private static Cell health(PoolStatus.Health health) {
        return new Cell(
                health.name().toLowerCase(Locale.ROOT),
                switch (health) {
                    case UP -> Cell.Tone.GOOD;
                    case UNCHECKED -> Cell.Tone.PLAIN;
                    case DOWN, EJECTED -> Cell.Tone.BAD;
                });
    }

    private static Cell weight(PoolStatus.BackendStatus backend) {
        return backend.effectiveWeight() == backend.configuredWeight()
                ? Cell.of(backend.effectiveWeight())
                : new Cell(backend.effectiveWeight() + "/" + backend.configuredWeight(), Cell.Tone.WARNING);
    }
}
