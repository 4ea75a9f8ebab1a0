package io.hawser.cluster.failover;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The rounds of a comparison as a table for docs/failover.md. */
final class ComparisonTable {

    private static final List<String> CONTESTANTS = List.of("hawser", "keepalived", "keepalived-fast");

    private final List<Round> rounds;

    ComparisonTable(List<Round> rounds) {
        this.rounds = List.copyOf(rounds);
    }

    String markdown() {
        StringBuilder table =
                new StringBuilder("| | Hawser | keepalived, default timers | keepalived, fast |\n|---|---|---|---|\n");
        for (Mishap mishap : Mishap.values()) {
            List<String> cells = CONTESTANTS.stream()
                    .map(contestant -> cell(rounds.stream()
                            .filter(round -> round.contestant().equals(contestant) && round.mishap() == mishap)
                            .toList()))
                    .toList();
            table.append("| ")
                    .append(mishap.sentence())
                    .append(" | ")
                    .append(String.join(" | ", cells))
                    .append(" |\n");
        }
        return table.toString();
    }

    private static String cell(List<Round> rounds) {
        if (rounds.isEmpty()) {
            return "–";
        }
        List<Double> dark = rounds.stream().map(Round::darkMillis).sorted().toList();
        List<String> parts = new ArrayList<>();
        parts.add(millis(dark.get(0)) + " / **" + millis(median(dark)) + "** / " + millis(dark.get(dark.size() - 1)));
        long two = rounds.stream().filter(Round::twoOwners).count();
        if (two > 0) {
            parts.add("two owners in " + two + " of " + rounds.size());
        }
        int open = rounds.stream().mapToInt(Round::open).sum();
        int broken = rounds.stream().mapToInt(Round::broken).sum();
        if (open > 0) {
            parts.add(broken + " of " + open + " open connections broken");
        }
        return String.join("<br>", parts);
    }

    /** The lower one of two in the middle has no more right than the upper. */
    private static double median(List<Double> sorted) {
        int size = sorted.size();
        return (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
    }

    private static String millis(double dark) {
        return dark == Round.FOR_EVER ? "∞" : String.format(Locale.ROOT, "%.0f", dark);
    }
}
