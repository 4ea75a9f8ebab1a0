package io.hawser.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Fills records from a YAML tree and reports every value that does not fit.
 *
 * <p>What can't be read gets a placeholder and is marked as broken, so that the records are always whole and one reading
 * finds all mistakes. They leave the reader only when nothing was reported.
 */
final class Binder {

    private final Defaults defaults;
    private final Findings findings;
    private final IdentityHashMap<Setting, Object> defaultValues = new IdentityHashMap<>();

    /** Required keys of which it would be said twice that they are missing: what was reported already explains it. */
    private final Set<String> excused = new HashSet<>();

    Binder(Defaults defaults, Findings findings) {
        this.defaults = defaults;
        this.findings = findings;
    }

    Object bind(Section section, YamlNode node) {
        return section(section, node, "");
    }

    private Object value(Setting setting, ValueType type, YamlNode node, String path) {
        findings.found(path, node.place());
        if (type instanceof Section section) {
            return section(section, node, path);
        }
        if (type instanceof ListType list) {
            return list(setting, list, node, path);
        }
        return scalar(setting, (ScalarType) type, node, path);
    }

    private Object section(Section section, YamlNode node, String path) {
        if (node instanceof YamlNode.Mapping mapping) {
            return filled(section, mapping, path);
        }
        if (node instanceof YamlNode.Scalar scalar && scalar.isNothing()) {
            return filled(section, new YamlNode.Mapping(List.of(), node.place()), path);
        }
        if (!(node instanceof YamlNode.Unusable)) {
            findings.report(
                    node.place(),
                    path,
                    "must be a section with keys such as '" + section.names().get(0) + ":', not " + Quoted.kind(node));
        }
        findings.markBroken(path);
        return hollow(section, path);
    }

    private Object filled(Section section, YamlNode.Mapping mapping, String path) {
        findings.found(path, mapping.place());
        Map<String, YamlNode.Entry> entries = entries(section, mapping, path);
        return section.create(section.settings().stream()
                .map(setting -> {
                    YamlNode.Entry entry = entries.get(setting.name());
                    String child = join(path, setting.name());
                    return entry != null
                            ? value(setting, setting.type(), entry.value(), child)
                            : leftOut(setting, child);
                })
                .toArray());
    }

    private Map<String, YamlNode.Entry> entries(Section section, YamlNode.Mapping mapping, String path) {
        List<String> names = section.names();
        Map<String, YamlNode.Entry> entries = new HashMap<>();
        for (YamlNode.Entry entry : mapping.entries()) {
            if (!names.contains(entry.key())) {
                reportUnknown(entry, names, path);
                continue;
            }
            String child = join(path, entry.key());
            YamlNode.Entry first = entries.putIfAbsent(entry.key(), entry);
            if (first != null) {
                findings.report(
                        entry.place(),
                        child,
                        "is given twice; the first is in line " + first.place().line());
            }
        }
        return entries;
    }

    private void reportUnknown(YamlNode.Entry entry, List<String> names, String path) {
        String key = entry.key();
        String unknown = join(path, Quoted.shortened(key));
        String nearest = Spelling.nearest(key, names);
        int colon = key.indexOf(':');
        if (nearest != null) {
            findings.report(entry.place(), unknown, "unknown key; did you mean '" + nearest + "'?");
            excused.add(join(path, nearest));
        } else if (colon > 0 && names.contains(key.substring(0, colon))) {
            findings.report(entry.place(), unknown, "unknown key; put a space after the ':'");
            excused.add(join(path, key.substring(0, colon)));
        } else {
            findings.report(entry.place(), unknown, "unknown key; valid: " + String.join(", ", names));
        }
    }

    private @Nullable Object leftOut(Setting setting, String path) {
        if (setting.isRequired()) {
            if (!excused.contains(path)) {
                findings.report(path, "is required and missing");
            }
            return hollow(setting.type(), path);
        }
        return setting.key().byDefault().isEmpty() ? null : defaultOf(setting, path);
    }

    /** A default is written as it would be in the file, and read the same way. */
    private Object defaultOf(Setting setting, String path) {
        Object known = defaultValues.get(setting);
        if (known != null) {
            return known;
        }
        if (setting.type() instanceof Section section) {
            return allLeftOut(section, path);
        }
        String text = setting.key().byDefault();
        if (text.equals("${host-name}")) {
            return environment(setting, defaults.hostName(), path);
        }
        Findings none = new Findings("default");
        YamlNode node = YamlReader.read(text, none);
        Object value = node == null ? null : new Binder(defaults, none).value(setting, setting.type(), node, "");
        if (value == null || !none.isEmpty()) {
            throw new AssertionError("the default of " + path + " is not valid: " + none.errors());
        }
        defaultValues.put(setting, value);
        return value;
    }

    private Object allLeftOut(Section section, String path) {
        return section.create(section.settings().stream()
                .map(setting -> leftOut(setting, join(path, setting.name())))
                .toArray());
    }

    private Object environment(Setting setting, String text, String path) {
        ScalarType type = (ScalarType) setting.type();
        try {
            return type.reader().read(text, setting.key());
        } catch (IllegalArgumentException e) {
            findings.report(path, "is missing, and this machine's name does not do: " + e.getMessage());
            return type.placeholder();
        }
    }

    private List<Object> list(Setting setting, ListType type, YamlNode node, String path) {
        List<Object> values = new ArrayList<>();
        if (node instanceof YamlNode.Sequence sequence) {
            for (int i = 0; i < sequence.items().size(); i++) {
                values.add(value(setting, type.element(), sequence.items().get(i), path + "[" + i + "]"));
            }
            if (values.isEmpty() && setting.key().nonEmpty()) {
                findings.report(node.place(), path, "must not be empty");
            }
            return values;
        }
        String word = setting.key().word();
        if (!word.isEmpty()
                && node instanceof YamlNode.Scalar scalar
                && scalar.text().equals(word)) {
            return values;
        }
        findings.markBroken(path);
        if (!(node instanceof YamlNode.Unusable)) {
            findings.report(
                    node.place(),
                    path,
                    "must be " + (word.isEmpty() ? "" : "'" + word + "' or ") + "a list, not " + Quoted.kind(node)
                            + listHint(setting, type, node));
        }
        return values;
    }

    private static String listHint(Setting setting, ListType type, YamlNode node) {
        if (node instanceof YamlNode.Mapping) {
            return "; begin each element with '- '";
        }
        boolean one = node instanceof YamlNode.Scalar scalar && !scalar.isNothing();
        if (one && type.element() instanceof ScalarType) {
            return "; write it in brackets: [ \"...\" ]";
        }
        return setting.key().nonEmpty() ? "" : "; write [] for an empty one";
    }

    private Object scalar(Setting setting, ScalarType type, YamlNode node, String path) {
        if (node instanceof YamlNode.Scalar scalar && !scalar.isNothing()) {
            try {
                Quoted.refuseLength(scalar.text());
                return type.reader().read(scalar.text(), setting.key());
            } catch (IllegalArgumentException e) {
                findings.report(node.place(), path, String.valueOf(e.getMessage()));
            }
        } else if (!(node instanceof YamlNode.Unusable)) {
            findings.report(
                    node.place(),
                    path,
                    node instanceof YamlNode.Scalar
                            ? "has no value; give it one or remove the key"
                            : "must be a single value, not " + Quoted.kind(node));
        }
        findings.markBroken(path);
        return type.placeholder();
    }

    /** A placeholder for what can't be read; what it lacks is not reported again. */
    private Object hollow(ValueType type, String path) {
        findings.markBroken(path);
        if (type instanceof ScalarType scalar) {
            return scalar.placeholder();
        }
        if (type instanceof Section section) {
            section.settings().stream()
                    .filter(Setting::isRequired)
                    .forEach(setting -> excused.add(join(path, setting.name())));
            return allLeftOut(section, path);
        }
        return List.of();
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
