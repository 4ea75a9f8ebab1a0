package io.hawser.node.logging;

/** A line that is one JSON object (RFC 8259). */
final class JsonLine extends Line {

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
        text.append(text.length() == 0 ? '{' : ',');
        quoted(key);
        text.append(':');
    }

    @Override
    void value(String value) {
        quoted(value);
    }

    @Override
    void endTo(StringBuilder out) {
        out.append(text.length() == 0 ? "{" : text).append("}\n");
        text.setLength(0);
    }
}
