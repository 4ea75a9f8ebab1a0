package io.hawser.node.logging;

/** A line of {@code key=value} pairs. */
final class LogfmtLine extends Line {

    @Override
    Line add(String key, long value) {
        key(key);
        text.append(value);
        return this;
    }

    @Override
    Line add(String key, boolean value) {
        key(key);
        text.append(value);
        return this;
    }

    @Override
    void key(String key) {
        if (text.length() > 0) {
            text.append(' ');
        }
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            text.append(isWord(c) ? c : '_');
        }
        text.append('=');
    }

    @Override
    void value(String value) {
        if (!value.isEmpty() && value.chars().allMatch(c -> isWord(c) || "/:,;@+*%[](){}<>!?#&|~^$'".indexOf(c) >= 0)) {
            text.append(value);
        } else {
            quoted(value);
        }
    }

    private static boolean isWord(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '_'
                || c == '-'
                || c == '.';
    }

    @Override
    void endTo(StringBuilder out) {
        out.append(text).append('\n');
        text.setLength(0);
    }
}
