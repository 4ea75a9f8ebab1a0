package io.hawser.node.lbctl;

/**
 * Makes text safe to print on a terminal. Some of it comes from clients and backends: a control character in a server
 * name could move the cursor, hide lines or worse.
 */
final class Printable {

    private Printable() {}

    /** The text with everything that is no visible character escaped as {@code \}{@code u001b}. */
    static String of(String text) {
        return escaped(text, "");
    }

    /** JSON that is equal, and prints as well: what JSON lets stand in strings, terminals may still act on. */
    static String json(String json) {
        return escaped(json, "\n\r\t");
    }

    private static String escaped(String text, String kept) {
        StringBuilder escaped = null;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int c = text.codePointAt(i);
            boolean plain = isVisible(c) || kept.indexOf(c) >= 0;
            if (!plain && escaped == null) {
                escaped = new StringBuilder(text.length() + 16).append(text, 0, i);
            }
            if (escaped != null) {
                if (plain) {
                    escaped.appendCodePoint(c);
                } else {
                    for (char unit : Character.toChars(c)) {
                        escaped.append(String.format("\\u%04x", (int) unit));
                    }
                }
            }
        }
        return escaped == null ? text : escaped.toString();
    }

    private static boolean isVisible(int c) {
        if (c < 0x7f) {
            return c >= ' ';
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    // Those that turn the direction of writing among them.
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE,
                    // Marks pile up on the character before and spill over other lines.
                    Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.COMBINING_SPACING_MARK -> false;
            default -> true;
        };
    }
}
