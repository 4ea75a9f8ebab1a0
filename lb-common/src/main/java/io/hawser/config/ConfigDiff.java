package io.hawser.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds what has changed from one configuration to another, and what of it a running node can take in.
 *
 * <p>Elements that have an id are the same as long as it stays: another id is another element. Where there is none, as
 * with routes, what stands before and after the changed elements is the same.
 */
public final class ConfigDiff {

    private final List<ConfigChange> changes = new ArrayList<>();

    private ConfigDiff() {}

    /** The changes in the order of the file; none exactly when the configurations are equal. */
    public static List<ConfigChange> between(HawserConfig before, HawserConfig after) {
        ConfigDiff diff = new ConfigDiff();
        diff.section(ConfigReader.ROOT, before, after, "", false);
        return diff.changes;
    }

    /** The next configuration as far as a reload puts it in force: what needs a restart is as it was. */
    public static HawserConfig takenInByReload(HawserConfig inForce, HawserConfig next) {
        return (HawserConfig) takenIn(ConfigReader.ROOT, inForce, next);
    }

    private static Object takenIn(Section section, Object inForce, Object next) {
        return section.create(section.settings().stream()
                .map(setting -> {
                    Object old = setting.valueIn(inForce);
                    Object now = setting.valueIn(next);
                    if (setting.key().restart()) {
                        return old;
                    }
                    // A list that a reload takes in is taken in whole: no key of its elements waits for a restart.
                    return setting.type() instanceof Section below && old != null && now != null
                            ? takenIn(below, old, now)
                            : now;
                })
                .toArray());
    }

    private void section(Section section, Object before, Object after, String path, boolean restart) {
        for (Setting setting : section.settings()) {
            value(
                    setting.type(),
                    setting.valueIn(before),
                    setting.valueIn(after),
                    path.isEmpty() ? setting.name() : path + "." + setting.name(),
                    restart || setting.key().restart());
        }
    }

    private void value(ValueType type, @Nullable Object before, @Nullable Object after, String path, boolean restart) {
        if (Objects.equals(before, after)) {
            return;
        }
        if (before == null || after == null || type instanceof ScalarType) {
            add(path, ConfigChange.Kind.CHANGED, text(type, before), text(type, after), restart);
        } else if (type instanceof Section section) {
            section(section, before, after, path, restart);
        } else {
            list(((ListType) type).element(), (List<?>) before, (List<?>) after, path, restart);
        }
    }

    private void list(ValueType element, List<?> before, List<?> after, String path, boolean restart) {
        if (element instanceof Section section && section.names().contains("id")) {
            named(section, before, after, path, restart);
        } else if (element instanceof Section section) {
            numbered(section, before, after, path, restart);
        } else {
            scalars(element, before, after, path, restart);
        }
    }

    private void named(Section section, List<?> before, List<?> after, String path, boolean restart) {
        Setting id = section.settings().get(section.names().indexOf("id"));
        Map<Object, Object> old = new HashMap<>();
        before.forEach(element -> old.put(name(id, element), element));
        List<Object> namesAfter =
                after.stream().map(element -> name(id, element)).toList();
        List<Object> namesBefore =
                before.stream().map(element -> name(id, element)).toList();
        for (Object name : common(namesBefore, namesAfter, false)) {
            add(path + "." + name, ConfigChange.Kind.REMOVED, null, null, restart);
        }
        for (Object element : after) {
            Object name = name(id, element);
            Object was = old.get(name);
            if (was == null) {
                add(path + "." + name, ConfigChange.Kind.ADDED, null, null, restart);
            } else {
                section(section, was, element, path + "." + name, restart);
            }
        }
        reordered(id.type(), namesBefore, namesAfter, path, restart);
    }

    private static Object name(Setting id, Object element) {
        return Objects.requireNonNull(id.valueIn(element), "an id is required");
    }

    private void numbered(Section section, List<?> before, List<?> after, String path, boolean restart) {
        int shorter = Math.min(before.size(), after.size());
        int head = 0;
        while (head < shorter && before.get(head).equals(after.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < shorter - head
                && before.get(before.size() - 1 - tail).equals(after.get(after.size() - 1 - tail))) {
            tail++;
        }
        if (before.size() == after.size()) {
            for (int i = head; i < before.size() - tail; i++) {
                section(section, before.get(i), after.get(i), path + "[" + i + "]", restart);
            }
            return;
        }
        for (int i = head; i < before.size() - tail; i++) {
            add(path + "[" + i + "]", ConfigChange.Kind.REMOVED, text(section, before.get(i)), null, restart);
        }
        for (int i = head; i < after.size() - tail; i++) {
            add(path + "[" + i + "]", ConfigChange.Kind.ADDED, null, text(section, after.get(i)), restart);
        }
    }

    private void scalars(ValueType element, List<?> before, List<?> after, String path, boolean restart) {
        for (Object one : common(before, after, false)) {
            add(path, ConfigChange.Kind.REMOVED, text(element, one), null, restart);
        }
        for (Object one : common(after, before, false)) {
            add(path, ConfigChange.Kind.ADDED, null, text(element, one), restart);
        }
        reordered(element, before, after, path, restart);
    }

    private void reordered(ValueType element, List<?> before, List<?> after, String path, boolean restart) {
        List<?> kept = common(before, after, true);
        List<?> keptNow = common(after, before, true);
        if (!kept.equals(keptNow)) {
            add(path, ConfigChange.Kind.REORDERED, joined(element, kept), joined(element, keptNow), restart);
        }
    }

    /** The elements of a list that are, or are not, in another, each as often as it is there. */
    private static List<Object> common(List<?> list, List<?> other, boolean wanted) {
        Map<Object, Integer> there = new HashMap<>();
        other.forEach(element -> there.merge(element, 1, Integer::sum));
        List<Object> chosen = new ArrayList<>();
        for (Object element : list) {
            if (there.merge(element, -1, Integer::sum) >= 0 == wanted) {
                chosen.add(element);
            }
        }
        return chosen;
    }

    private static String joined(ValueType element, List<?> elements) {
        return elements.stream().map(one -> text(element, one)).collect(Collectors.joining(", "));
    }

    private void add(
            String path, ConfigChange.Kind kind, @Nullable String before, @Nullable String after, boolean restart) {
        changes.add(new ConfigChange(path, kind, before, after, restart));
    }

    private static @Nullable String text(ValueType type, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        if (type instanceof ScalarType) {
            return ScalarType.text(value);
        }
        if (type instanceof ListType list) {
            return ((List<?>) value)
                    .stream()
                            .map(element -> text(list.element(), element))
                            .toList()
                            .toString();
        }
        List<String> keys = new ArrayList<>();
        for (Setting setting : ((Section) type).settings()) {
            Object below = setting.valueIn(value);
            if (below != null && !below.equals(List.of())) {
                keys.add(setting.name() + ": " + text(setting.type(), below));
            }
        }
        return "{ " + String.join(", ", keys) + " }";
    }
}
