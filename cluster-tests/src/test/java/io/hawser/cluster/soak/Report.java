package io.hawser.cluster.soak;

import io.hawser.cluster.lab.Host;
import io.hawser.cluster.traffic.OwnerWatch;
import io.hawser.cluster.traffic.Timeline;
import io.hawser.cluster.traffic.Traffic;
import io.hawser.cluster.traffic.Unrest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** What came of a soak: its figures, and a page that needs nothing else. */
final class Report {

    private static final int WIDTH = 1000;
    private static final int HEIGHT = 160;
    private static final String[] COLOURS = {"#1f77b4", "#d62728", "#2ca02c"};

    private final long seed;
    private final Unrest unrest;
    private final Timeline timeline;
    private final OwnerWatch owners;
    private final Traffic traffic;
    private final List<String> complaints;
    private final List<String> hosts;
    private final List<Timeline.Second> seconds;

    private record Line(String name, ToDoubleFunction<Timeline.Second> value) {}

    Report(
            long seed,
            Unrest unrest,
            Timeline timeline,
            OwnerWatch owners,
            Traffic traffic,
            List<String> complaints,
            List<Host> hosts) {
        this.seed = seed;
        this.unrest = unrest;
        this.timeline = timeline;
        this.owners = owners;
        this.traffic = traffic;
        this.complaints = List.copyOf(complaints);
        this.hosts = hosts.stream().map(Host::name).toList();
        this.seconds = timeline.seconds();
    }

    /** All that must not have been. */
    List<String> violations() {
        List<String> all = new ArrayList<>(timeline.violations());
        all.addAll(owners.overlaps());
        // One that is cut off says so of all backends.
        complaints.stream()
                .filter(line -> !line.contains("fails open"))
                .forEach(line -> all.add("a node's log: " + line));
        return all;
    }

    /** As Markdown. */
    String figures() {
        Map<String, Long> faults = new TreeMap<>(unrest.strokes().stream()
                .skip(1)
                .collect(Collectors.groupingBy(Unrest.Stroke::what, Collectors.counting())));
        List<double[]> memory = seconds.stream()
                .map(Timeline.Second::mebibytes)
                .filter(each -> each.length > 0)
                .toList();
        return String.format(
                Locale.ROOT,
                """
                | | |
                |---|---|
                | seed, length | %d, %d s |
                | answers | %d, %.0f a second |
                | faults survived | %d: %s |
                | bad inputs tried | %d |
                | sessions resumed by their backend | %d |
                | sessions that went elsewhere while their backend was out of the owner's reach | %d |
                | sessions lost | %d |
                | new connections that failed and connections that broke, all by a fault | %d, of them %d long-lived ones |
                | owners of the VIP, one after the other | %d |
                | violations | %d |
                | memory of the nodes, after a minute and at the end, MiB | %s, %s |""",
                seed,
                seconds.size(),
                timeline.answers(),
                timeline.answers() / (double) Math.max(1, seconds.size()),
                unrest.strokes().size() - 1,
                faults.entrySet().stream()
                        .map(fault -> fault.getKey() + " " + fault.getValue() + "×")
                        .collect(Collectors.joining(", ")),
                traffic.strange(),
                traffic.resumed(),
                traffic.strayed(),
                traffic.lost(),
                timeline.explainedErrors(),
                traffic.broken(),
                owners.turns().size(),
                violations().size(),
                memory.isEmpty() ? "" : mebibytes(memory.get(Math.min(30, memory.size() - 1))),
                memory.isEmpty() ? "" : mebibytes(memory.get(memory.size() - 1)));
    }

    private static String mebibytes(double[] each) {
        return Arrays.stream(each)
                .mapToObj(one -> String.valueOf(Math.round(one)))
                .collect(Collectors.joining(" / "));
    }

    String html() {
        StringBuilder page = new StringBuilder(
                """
                <!doctype html><html lang="en"><meta charset="utf-8"><title>Hawser: soak</title>
                <style>body{font:14px sans-serif;max-width:1100px;margin:2em auto}pre{white-space:pre-wrap}
                svg{display:block;background:#fafafa}.fault{stroke:#f0b0b0}.soft{stroke:#b0d8b0}text{font-size:11px}</style>
                <h1>A soak</h1><p>Vertical lines: faults that may break connections (red) and that must not (green).</p>
                """);
        page.append("<pre>").append(escape(figures())).append("</pre>");
        plot(page, "answers a second", List.of(new Line("answers", Timeline.Second::answers)));
        plot(
                page,
                "latency, ms",
                List.of(
                        new Line("median", second -> second.millis(0.5)),
                        new Line("99th percentile", second -> second.millis(0.99))));
        plot(page, "errors a second", List.of(new Line("errors", Timeline.Second::errors)));
        List<Line> memory = new ArrayList<>();
        for (int i = 0; i < hosts.size(); i++) {
            int host = i;
            memory.add(new Line(
                    hosts.get(i), second -> second.mebibytes().length == 0 ? Double.NaN : second.mebibytes()[host]));
        }
        plot(page, "resident memory, MiB", memory);
        plotOwners(page);
        page.append("<h2>Violations</h2><pre>")
                .append(violations().isEmpty() ? "none" : escape(String.join("\n", violations())))
                .append("</pre><h2>Faults</h2><pre>");
        for (Unrest.Stroke stroke : unrest.strokes()) {
            page.append(String.format(
                    Locale.ROOT,
                    "%.1f s to %.1f s: %s%n",
                    stroke.from() / 1e9,
                    stroke.to() / 1e9,
                    escape(stroke.what())));
        }
        return page.append("</pre></html>\n").toString();
    }

    private void begin(StringBuilder page, String title) {
        page.append("<h2>")
                .append(title)
                .append("</h2><svg width=\"")
                .append(WIDTH)
                .append("\" height=\"")
                .append(HEIGHT + 20)
                .append("\">");
        for (Unrest.Stroke stroke : unrest.strokes()) {
            double x = x(stroke.from() / 1e9);
            page.append(String.format(
                    Locale.ROOT,
                    "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"0\" y2=\"%d\"><title>%s</title></line>",
                    stroke.victims().isEmpty() ? "soft" : "fault",
                    x,
                    x,
                    HEIGHT,
                    escape(stroke.what())));
        }
    }

    private double x(double second) {
        return WIDTH * second / Math.max(1, seconds.size());
    }

    private void plot(StringBuilder page, String title, List<Line> lines) {
        begin(page, title);
        double most = lines.stream()
                .flatMapToDouble(line -> seconds.stream().mapToDouble(line.value()))
                .filter(Double::isFinite)
                .max()
                .orElse(1);
        most = Math.max(most, 1e-9);
        for (int i = 0; i < lines.size(); i++) {
            page.append("<polyline fill=\"none\" stroke=\"").append(COLOURS[i]).append("\" points=\"");
            for (int second = 0; second < seconds.size(); second++) {
                double value = lines.get(i).value().applyAsDouble(seconds.get(second));
                if (Double.isFinite(value)) {
                    page.append(
                            String.format(Locale.ROOT, "%.1f,%.1f ", x(second), HEIGHT - (HEIGHT - 14) * value / most));
                }
            }
            page.append("\"/>")
                    .append(String.format(
                            Locale.ROOT,
                            "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>",
                            120 * i,
                            HEIGHT + 15,
                            COLOURS[i],
                            escape(lines.get(i).name())));
        }
        page.append(String.format(Locale.ROOT, "<text x=\"2\" y=\"11\">%.1f</text></svg>%n", most));
    }

    private void plotOwners(StringBuilder page) {
        begin(page, "owner of the VIP");
        for (OwnerWatch.Turn turn : owners.turns()) {
            int row = hosts.indexOf(turn.host());
            page.append(String.format(
                    Locale.ROOT,
                    "<rect x=\"%.1f\" width=\"%.1f\" y=\"%d\" height=\"30\" fill=\"%s\"/>",
                    x(turn.from() / 1e9),
                    Math.max(0.5, x((turn.to() - turn.from()) / 1e9)),
                    10 + 45 * row,
                    COLOURS[row]));
        }
        for (int i = 0; i < hosts.size(); i++) {
            page.append("<text x=\"2\" y=\"")
                    .append(8 + 45 * i)
                    .append("\">")
                    .append(hosts.get(i))
                    .append("</text>");
        }
        page.append("</svg>\n");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
