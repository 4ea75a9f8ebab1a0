package io.hawser.config;

import io.hawser.net.Cidr;
import io.hawser.net.Endpoint;
import io.hawser.net.HostPrefix;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes the tables of docs/configuration.md: one for each section of the file, a row for each key, made of what the
 * configuration's records declare. The words around the tables are written by hand and stay as they are.
 */
final class ConfigurationReference {

    private static final Pattern TABLE =
            Pattern.compile("(<!-- keys of ([^ ]+) -->\n).*?(<!-- end -->)", Pattern.DOTALL);
    private static final String TOP = "the-file";
    private static final String HEADER = "| Key | Value | Default | Taken in by | Meaning |\n|---|---|---|---|---|\n";

    private ConfigurationReference() {}

    /**
     * The document with its tables as the records have it.
     *
     * @throws AssertionError naming a section that has no table, or a table of no section
     */
    static String update(String document) {
        Map<String, Section> sections = new LinkedHashMap<>();
        collect("", Section.of(HawserConfig.class), sections);
        StringBuilder updated = new StringBuilder();
        Matcher table = TABLE.matcher(document);
        while (table.find()) {
            String name = table.group(2);
            Section section = sections.remove(name);
            if (section == null) {
                throw new AssertionError("docs/configuration.md has a table for " + name
                        + ", which is no section of the file or has one already; remove it");
            }
            String rows = section.settings().stream()
                    .map(setting -> row(name, setting))
                    .collect(Collectors.joining());
            table.appendReplacement(updated, Matcher.quoteReplacement(table.group(1) + HEADER + rows + table.group(3)));
        }
        table.appendTail(updated);
        if (!sections.isEmpty()) {
            throw new AssertionError("docs/configuration.md has no table for " + sections.keySet()
                    + "; give each a heading, an introduction, an example, and the lines"
                    + " '<!-- keys of SECTION -->' and '<!-- end -->'");
        }
        return updated.toString();
    }

    private static void collect(String path, Section section, Map<String, Section> into) {
        into.put(path.isEmpty() ? TOP : path, section);
        for (Setting setting : section.settings()) {
            String below = path.isEmpty() ? setting.name() : path + "." + setting.name();
            if (setting.type() instanceof Section inner) {
                collect(below, inner, into);
            } else if (setting.type() instanceof ListType list && list.element() instanceof Section inner) {
                collect(below + "[]", inner, into);
            }
        }
    }

    private static String row(String section, Setting setting) {
        String path = section.equals(TOP) ? setting.name() : section + "." + setting.name();
        return "| `" + setting.name() + "` | " + value(path, setting.type(), setting.key()) + " | " + byDefault(setting)
                + " | " + (setting.key().restart() ? "restart" : "reload") + " | "
                + setting.key().value() + " |\n";
    }

    private static String value(String path, ValueType type, Key key) {
        if (type instanceof Section) {
            return "[section](#" + anchor(path) + ")";
        }
        if (type instanceof ListType list) {
            String elements = list.element() instanceof Section
                    ? "[sections](#" + anchor(path + "[]") + ")"
                    : "each: " + value(path, list.element(), key);
            return (key.word().isEmpty() ? "" : "`" + key.word() + "` or ") + "list"
                    + (key.nonEmpty() ? ", not empty" : "") + "; " + elements;
        }
        return scalar(((ScalarType) type).type(), key);
    }

    private static String scalar(Class<?> type, Key key) {
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(constant -> "`" + ScalarType.label((Enum<?>) constant) + "`")
                    .collect(Collectors.joining(", "));
        }
        if (type == int.class) {
            return "number, " + key.min() + (key.max() == Integer.MAX_VALUE ? " or more" : " to " + key.max());
        }
        if (type == Duration.class) {
            return "duration, " + key.atLeast() + " to " + key.atMost();
        }
        if (type == Endpoint.class) {
            return "`host:port`";
        }
        Map<Class<?>, String> others = Map.of(
                String.class, key.text().description(),
                boolean.class, "`true`, `false`",
                Cidr.class, "network",
                HostPrefix.class, "address or `address/length`",
                Path.class, "path",
                StatusRange.class, "status or range");
        String description = others.get(type);
        if (description == null) {
            throw new AssertionError("the reference has no words for " + type + "; add them here");
        }
        return description;
    }

    private static String byDefault(Setting setting) {
        String text = setting.key().byDefault();
        return switch (text) {
            case "" -> setting.nullable() ? "none" : "**required**";
            case "{}" -> "its keys' own";
            case "${host-name}" -> "this machine's name";
            default -> "`" + text + "`";
        };
    }

    /** What GitHub makes of a heading that is the section's path. */
    private static String anchor(String path) {
        return path.replaceAll("[^a-z0-9-]", "");
    }
}
