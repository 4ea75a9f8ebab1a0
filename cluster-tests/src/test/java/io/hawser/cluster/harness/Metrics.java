package io.hawser.cluster.harness;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The metrics of a node at one moment. */
public final class Metrics {

    private static final Pattern SAMPLE = Pattern.compile("^([a-zA-Z_:][\\w:]*)(?:\\{(.*)\\})? (\\S+)(?: \\d+)?$");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    private record Series(String name, Map<String, String> labels) {}

    private final Map<Series, Double> samples = new LinkedHashMap<>();

    /** Reads the Prometheus text format. */
    static Metrics parse(String text) {
        Metrics metrics = new Metrics();
        text.lines().filter(line -> !line.isEmpty() && !line.startsWith("#")).forEach(line -> {
            Matcher sample = SAMPLE.matcher(line);
            if (!sample.matches()) {
                throw new AssertionError("not a line of the Prometheus text format: " + line);
            }
            Map<String, String> labels = new LinkedHashMap<>();
            if (sample.group(2) != null) {
                Matcher label = LABEL.matcher(sample.group(2));
                while (label.find()) {
                    labels.put(label.group(1), label.group(2));
                }
            }
            metrics.samples.put(new Series(sample.group(1), labels), Double.parseDouble(sample.group(3)));
        });
        return metrics;
    }

    /**
     * The sum of all series of that name with these labels; 0 when there is none.
     *
     * @param labels names and values in turn; series may have more
     */
    public double sum(String name, String... labels) {
        return samples.entrySet().stream()
                .filter(sample -> matches(sample.getKey(), name, labels))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    /** Whether there is a series of that name with these labels. */
    public boolean has(String name, String... labels) {
        return samples.keySet().stream().anyMatch(series -> matches(series, name, labels));
    }

    private static boolean matches(Series series, String name, String... labels) {
        if (!series.name().equals(name)) {
            return false;
        }
        for (int i = 0; i < labels.length; i += 2) {
            if (!labels[i + 1].equals(series.labels().get(labels[i]))) {
                return false;
            }
        }
        return true;
    }
}
