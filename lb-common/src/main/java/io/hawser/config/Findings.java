package io.hawser.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What reading one file has found: the mistakes, where each key stands, and which values can't be relied on. */
final class Findings {

    private final String file;
    private final List<ConfigError> errors = new ArrayList<>();
    private final Map<String, Place> places = new HashMap<>();
    private final Set<String> broken = new HashSet<>();

    Findings(String file) {
        this.file = file;
    }

    /** Reports a mistake at a place; the value of the key can't be relied on afterwards. */
    void report(Place place, String keyPath, String message) {
        errors.add(new ConfigError(file, place.line(), place.column(), printable(keyPath), printable(message)));
        broken.add(keyPath);
    }

    /** Reports a mistake at the place of the key, or where it is left out, of the section that should have it. */
    void report(String keyPath, String message) {
        report(placeOf(keyPath), keyPath, message);
    }

    void found(String keyPath, Place place) {
        places.put(keyPath, place);
    }

    /** Whether the key stands in the file. */
    boolean isGiven(String keyPath) {
        return places.containsKey(keyPath);
    }

    /** Notes that a key has no value that can be relied on, for a reason reported elsewhere. */
    void markBroken(String keyPath) {
        broken.add(keyPath);
    }

    /** Whether the value of this very key can't be relied on; its parts are not looked at. */
    boolean isBroken(String keyPath) {
        return broken.contains(keyPath);
    }

    boolean isEmpty() {
        return errors.isEmpty();
    }

    /** The line in which a key stands. */
    int lineOf(String keyPath) {
        return placeOf(keyPath).line();
    }

    /** The mistakes in the order of their places. */
    List<ConfigError> errors() {
        return errors.stream()
                .sorted(Comparator.comparingInt(ConfigError::line).thenComparingInt(ConfigError::column))
                .toList();
    }

    /** Messages quote the file, and each must stay on one line whatever stands there. */
    private static String printable(String text) {
        if (text.chars().noneMatch(Character::isISOControl)) {
            return text;
        }
        StringBuilder escaped = new StringBuilder();
        text.chars().forEach(c -> escaped.append(Character.isISOControl(c) ? String.format("\\u%04x", c) : (char) c));
        return escaped.toString();
    }

    private Place placeOf(String keyPath) {
        String path = keyPath;
        while (!path.isEmpty()) {
            Place place = places.get(path);
            if (place != null) {
                return place;
            }
            path = path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))));
        }
        return places.getOrDefault("", Place.START);
    }
}
