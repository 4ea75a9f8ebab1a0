package io.hawser.node.lbctl;

import org.jspecify.annotations.Nullable;

/** How many lines, and characters on each, a terminal shows. */
public record TerminalSize(int rows, int columns) {

    /** What {@code stty size} prints, {@code ROWS COLUMNS}; null when the text is something else. */
    public static @Nullable TerminalSize parse(String text) {
        String[] parts = text.strip().split(" ", -1);
        if (parts.length != 2 || !parts[0].matches("[0-9]{1,4}") || !parts[1].matches("[0-9]{1,4}")) {
            return null;
        }
        int rows = Integer.parseInt(parts[0]);
        int columns = Integer.parseInt(parts[1]);
        // A terminal that doesn't know its size says 0.
        return new TerminalSize(rows == 0 ? 24 : rows, columns == 0 ? 80 : columns);
    }
}
