package io.hawser.node.logging;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One line under construction: pairs of key and value, in the order they are added.
 *
 * <p>Whatever a value holds, it stays one value of one line: line breaks, control characters, and characters that make
 * a terminal show text in another order are escaped. One thread at a time; reused from line to line.
 */
abstract sealed class Line permits LogfmtLine, JsonLine {

    /** The most characters of a value; the rest is cut off, and {@code …} says so. */
    static final int MAX_VALUE = 16 * 1024;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final String HEX = "0123456789abcdef";

    final StringBuilder text = new StringBuilder(512);

    /** Adds a number. */
    abstract Line add(String key, long value);

    abstract Line add(String key, boolean value);

    /** Adds a time span in milliseconds, with three decimals. */
    final Line addMillis(String key, long nanos) {
        long micros = nanos / 1_000;
        key(key);
        text.append(micros / 1_000).append('.');
        String decimals = Long.toString(micros % 1_000);
        text.append("000", 0, 3 - decimals.length()).append(decimals);
        return this;
    }

    final Line addTime(String key, Instant time) {
        return add(key, TIME.format(time));
    }

    /** Adds text; nothing when it is null. */
    final Line add(String key, @Nullable String value) {
        if (value != null) {
            key(key);
            value(value.length() <= MAX_VALUE ? value : value.substring(0, MAX_VALUE) + "…");
        }
        return this;
    }

    /** Ends the line, appends it to {@code out} and makes this ready for the next. */
    abstract void endTo(StringBuilder out);

    /** Begins a pair. */
    abstract void key(String key);

    /** Writes text as a value, quoted as the format wants. */
    abstract void value(String value);

    /** Writes text between quotes, escaped. */
    final void quoted(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (isPlain(value, i)) {
                        text.append(c);
                    } else {
                        text.append("\\u")
                                .append(HEX.charAt(c >> 12))
                                .append(HEX.charAt(c >> 8 & 0xf))
                                .append(HEX.charAt(c >> 4 & 0xf))
                                .append(HEX.charAt(c & 0xf));
                    }
                }
            }
        }
        text.append('"');
    }

    private static boolean isPlain(String value, int index) {
        char c = value.charAt(index);
        if (c < 0x7f) {
            return c >= 0x20;
        }
        if (Character.isHighSurrogate(c)) {
            return index + 1 < value.length() && Character.isLowSurrogate(value.charAt(index + 1));
        }
        if (Character.isLowSurrogate(c)) {
            return index > 0 && Character.isHighSurrogate(value.charAt(index - 1));
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE -> false;
            default -> true;
        };
    }
}
