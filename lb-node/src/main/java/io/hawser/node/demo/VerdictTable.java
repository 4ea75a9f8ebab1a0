package io.hawser.node.demo;

import io.hawser.node.lbctl.Cell;
import io.hawser.node.lbctl.Column;
import io.hawser.node.lbctl.Table;
import java.util.ArrayList;
import java.util.List;

/** Renders a verdict for people. Pure. */
final class VerdictTable {

    private VerdictTable() {}

    /** @param width characters that a line may have */
    static List<String> lines(Verdict verdict, int width, boolean colours) {
        List<String> lines =
                new ArrayList<>(sessions(verdict).lines(width, colours).lines());
        lines.add("");
        lines.addAll(happenings(verdict).lines(width, colours).lines());
        long anew = verdict.kinds().stream().mapToLong(Verdict.Kind::begunAnew).sum();
        if (anew > 0) {
            lines.add("");
            lines.add(
                    "begun anew: the connection broke while the session was offered, and TLS has clients forget it then");
        }
        return lines;
    }

    private static Table sessions(Verdict verdict) {
        Table table = new Table(
                Column.text("SESSIONS BY"),
                Column.number("SESSIONS"),
                Column.number("KEPT THEIR BACKEND"),
                Column.number("CHANGED IT"),
                Column.number("RETURNS"),
                Column.number("RESUMED"),
                Column.number("BEGUN ANEW"));
        for (Verdict.Kind kind : verdict.kinds()) {
            boolean resumes = kind.kind().resumes();
            table.row(
                    Cell.of(kind.kind().title()),
                    Cell.of(kind.sessions()),
                    good(kind.sessions() - kind.moved(), kind.moved() == 0),
                    Cell.ofBad(kind.moved()),
                    Cell.of(kind.returns()),
                    resumes ? good(kind.resumed(), kind.resumed() == kind.returns()) : Cell.of(null),
                    resumes ? Cell.of(kind.begunAnew()) : Cell.of(null));
        }
        table.row(
                Cell.of("all"),
                Cell.of(verdict.sessions()),
                good(verdict.sessions() - verdict.moved(), verdict.good()),
                Cell.ofBad(verdict.moved()),
                Cell.of(verdict.kinds().stream()
                        .mapToLong(Verdict.Kind::returns)
                        .sum()),
                Cell.of(verdict.kinds().stream()
                        .mapToLong(Verdict.Kind::resumed)
                        .sum()),
                Cell.of(verdict.kinds().stream()
                        .mapToLong(Verdict.Kind::begunAnew)
                        .sum()));
        return table;
    }

    private static Table happenings(Verdict verdict) {
        Table table = new Table(
                Column.text("WHAT HAPPENED").shrinksTo(20),
                Column.number("REQUESTS FAILED"),
                Column.number("TIME WITHOUT SERVICE"));
        for (Verdict.Happening happening : verdict.happenings()) {
            table.row(
                    Cell.of(happening.what().isEmpty() ? "nothing yet" : happening.what()),
                    Cell.of(happening.failed()),
                    happening.dark()
                            ? new Cell("to the end", Cell.Tone.BAD)
                            : new Cell(happening.darkMillis() + " ms", Cell.Tone.PLAIN));
        }
        table.row(
                Cell.of("in all, of " + (verdict.answered() + verdict.failed()) + " requests"),
                Cell.of(verdict.failed()),
                Cell.of(""));
        return table;
    }

    private static Cell good(long number, boolean good) {
        return new Cell(Long.toString(number), good ? Cell.Tone.GOOD : Cell.Tone.PLAIN);
    }
}
