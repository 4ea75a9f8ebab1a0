package io.hawser.node.demo;

import io.hawser.node.lbctl.Cell;
import io.hawser.node.lbctl.Column;
import io.hawser.node.lbctl.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Renders how all stands, as a few lines or as one. Pure. */
final class Frame {

    private static final int BAR = 30;

    private Frame() {}

    /** For a terminal, to be drawn over the one before. */
    static List<String> lines(Snapshot snapshot, int width, boolean colours) {
        List<String> lines = new ArrayList<>();
        Table nodes = new Table(Column.text("NODE"), Column.text("VIP " + snapshot.vip()));
        for (Map.Entry<String, Boolean> node : snapshot.nodes().entrySet()) {
            nodes.row(Cell.of(node.getKey()), state(node.getKey(), node.getValue(), snapshot));
        }
        lines.addAll(nodes.lines(width, colours).lines());
        lines.add("");
        Table backends = new Table(
                Column.text("BACKEND"),
                Column.number("SESSIONS"),
                Column.number("REQUESTS"),
                Column.text("").spare(1));
        long most = snapshot.answersOf().values().stream()
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
        for (String backend : snapshot.backends()) {
            long answers = snapshot.answersOf().getOrDefault(backend, 0L);
            backends.row(
                    Cell.of(backend),
                    Cell.of(snapshot.sessionsOf().getOrDefault(backend, 0L)),
                    Cell.of(answers),
                    new Cell("█".repeat(most == 0 ? 0 : (int) (BAR * answers / most)), Cell.Tone.GOOD));
        }
        lines.addAll(backends.lines(width, colours).lines());
        lines.add("");
        Verdict verdict = snapshot.verdict();
        Table sums = new Table(
                Column.number("REQUESTS A SECOND"),
                Column.number("FAILED"),
                Column.number("SESSIONS"),
                Column.number("THAT CHANGED THEIR BACKEND"),
                Column.number("SECONDS"));
        sums.row(
                Cell.of(snapshot.rate()),
                new Cell(Long.toString(verdict.failed()), verdict.failed() == 0 ? Cell.Tone.PLAIN : Cell.Tone.WARNING),
                Cell.of(verdict.sessions()),
                new Cell(Long.toString(verdict.moved()), verdict.good() ? Cell.Tone.GOOD : Cell.Tone.BAD),
                Cell.of(seconds(snapshot)));
        lines.addAll(sums.lines(width, colours).lines());
        return lines;
    }

    private static Cell state(String node, boolean alive, Snapshot snapshot) {
        if (!alive) {
            return Cell.of("dead", Cell.Tone.BAD);
        }
        return node.equals(snapshot.owner())
                ? Cell.of("has it", Cell.Tone.GOOD)
                : Cell.of("stands by", Cell.Tone.FAINT);
    }

    /** For a pipe. */
    static String line(Snapshot snapshot) {
        StringBuilder line = new StringBuilder(seconds(snapshot)).append(" s: the VIP is on ");
        line.append(snapshot.owner() == null ? "no node" : snapshot.owner()).append("; sessions");
        for (String backend : snapshot.backends()) {
            line.append(' ')
                    .append(backend)
                    .append('=')
                    .append(snapshot.sessionsOf().getOrDefault(backend, 0L));
        }
        Verdict verdict = snapshot.verdict();
        return line.append("; ")
                .append(snapshot.rate())
                .append(" requests/s, ")
                .append(verdict.failed())
                .append(" failed, ")
                .append(verdict.moved())
                .append(" sessions changed their backend")
                .toString();
    }

    private static String seconds(Snapshot snapshot) {
        return String.format(Locale.ROOT, "%.1f", snapshot.seconds());
    }
}
