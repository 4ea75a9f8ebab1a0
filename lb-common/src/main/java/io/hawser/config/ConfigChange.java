package io.hawser.config;

import org.jspecify.annotations.Nullable;

/**
 * One difference between two configurations.
 *
 * <p>Holds values as the file has them. None is a secret: those are in files that the configuration only names.
 *
 * @param path the key's path; elements of a list go by their id where they have one, {@code pools.shop.backends.b3}, else
 *     by their index
 * @param before the value it had; null when it was not set, and for what was added
 * @param after the value it has; null when it is not set, and for what was removed
 * @param needsRestart whether a running node keeps to the old value until it is started again
 */
public record ConfigChange(
        String path, Kind kind, @Nullable String before, @Nullable String after, boolean needsRestart) {

    /** What happened to a key. */
    public enum Kind {
        /** It has another value. */
        CHANGED,
        /** A list has an element that it had not. Those with an id are not described by {@code after}: the path says it. */
        ADDED,
        /** A list lacks an element that it had. Those with an id are not described by {@code before}. */
        REMOVED,
        /** A list has the elements that it kept in another order. */
        REORDERED
    }

    /** The change on one line: {@code listeners.https.max-connections: 1000 → 2000}. */
    @Override
    public String toString() {
        return path + ": " + what() + (needsRestart ? " (takes effect when the node is restarted)" : "");
    }

    private String what() {
        return switch (kind) {
            case CHANGED -> (before == null ? "not set" : before) + " → " + (after == null ? "not set" : after);
            case ADDED -> after == null ? "added" : "added " + after;
            case REMOVED -> before == null ? "removed" : "removed " + before;
            case REORDERED -> "reordered, " + before + " → " + after;
        };
    }
}
