package io.hawser.config;

/**
 * What is logged, and how.
 *
 * @param access {@link #ACCESS_OFF}, {@link #ACCESS_STDOUT} or the path of a file
 */
public record LogConfig(
        @Key(value = "How a line is written.", byDefault = "logfmt", noun = "a format", restart = true) Format format,
        @Key(
                        value = "Where the line about each connection goes: `off`, `stdout` or the path of a file.",
                        byDefault = "off",
                        text = TextKind.ACCESS_LOG,
                        restart = true)
                String access,
        @Key(value = "The least important events that are still logged.", byDefault = "info", noun = "a level")
                Level level) {

    /** The value of {@code access} that writes no access lines. */
    public static final String ACCESS_OFF = "off";

    /** The value of {@code access} that writes access lines between the others, on standard output. */
    public static final String ACCESS_STDOUT = "stdout";

    /** How a line is written. */
    public enum Format {
        LOGFMT,
        JSON
    }

    /** How important an event is, the most important first. */
    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }
}
