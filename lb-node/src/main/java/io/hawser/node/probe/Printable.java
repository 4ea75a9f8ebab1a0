package io.hawser.node.probe;

import java.nio.charset.StandardCharsets;

/** Text that a backend may have had a hand in, made fit for one line of a log. */
final class Printable {
    private static final int LONGEST = 200;

    private Printable() {}

    /** Printable ASCII as it is, any other byte as {@code \x00}. */
    static String of(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length);
        for (byte b : bytes) {
            if (b >= ' ' && b < 0x7f && b != '\\') {
                text.append((char) b);
            } else {
                text.append(String.format("\\x%02x", b & 0xff));
            }
        }
        return text.toString();
    }

    /** The text's beginning, likewise. */
    static String of(String text) {
        String beginning = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
        return of(beginning.getBytes(StandardCharsets.UTF_8));
    }
}
