package io.hawser.node.logging;

/** How lines are written: {@code log.format} of the configuration. */
public enum LogFormat {
    /** {@code key=value} pairs, values quoted where they need it: for people, and for tools that split on spaces. */
    LOGFMT,
    /** One JSON object a line (RFC 8259). */
    JSON;

    Line line() {
        return this == JSON ? new JsonLine() : new LogfmtLine();
    }
}
