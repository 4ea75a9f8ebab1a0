package io.hawser.node.lbctl;

import io.hawser.node.admin.ListenerStatus;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** {@code lbctl listeners}: a line for each listener. */
@Command(
        name = "listeners",
        description = "Show where clients connect.",
        mixinStandardHelpOptions = true,
        footerHeading = "%n",
        footer = "ACCEPTED and ERRORS count since the start; WHY names the most frequent errors.")
final class ListenersCommand extends ShowCommand {

    private static final int REASONS_SHOWN = 3;

    ListenersCommand(Lbctl lbctl) {
        super(lbctl);
    }

    @Override
    String title() {
        return "lbctl listeners";
    }

    @Override
    String json(NodeApi node) throws Failure, InterruptedException {
        return node.listeners().json();
    }

    @Override
    Page page(NodeApi node) throws Failure, InterruptedException {
        Table table = new Table(
                Column.text("LISTENER"),
                Column.text("PROTOCOL").spare(2),
                Column.text("ADDRESSES").shrinksTo(12).spare(1),
                Column.number("OPEN"),
                Column.number("MAX").spare(4),
                Column.number("ACCEPTED"),
                Column.number("ERRORS"),
                Column.text("WHY").shrinksTo(16).spare(3));
        for (ListenerStatus listener : node.listeners().value()) {
            long errors = listener.errors().values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            table.row(
                    Cell.of(listener.listener()),
                    Cell.of(listener.protocol()),
                    Cell.of(String.join(", ", listener.addresses())),
                    Cell.of(listener.active()),
                    Cell.ofLimit(listener.maxConnections()),
                    Cell.of(listener.accepted()),
                    Cell.ofBad(errors),
                    Cell.of(reasons(listener.errors())));
        }
        return new Page(table, List.of());
    }

    private static String reasons(Map<String, Long> errors) {
        return errors.entrySet().stream()
                .filter(error -> error.getValue() > 0)
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(REASONS_SHOWN)
                .map(error -> error.getKey() + " " + error.getValue())
                .collect(Collectors.joining(", "));
    }
}
