package io.hawser.node.lbctl;

import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a command line was started with.
 *
 * @param environment the environment's variables
 * @param terminal answers how large the terminal is that {@code out} is; null when it is none
 * @param out standard output
 * @param err standard error
 * @param clock what time it is
 * @param onInterrupt told what to do when the operator presses Ctrl-C; until then that ends the process
 */
public record Shell(
        Map<String, String> environment,
        Supplier<@Nullable TerminalSize> terminal,
        PrintWriter out,
        PrintWriter err,
        InstantSource clock,
        Consumer<Runnable> onInterrupt) {

    /** An environment variable; null when it is not set, or empty. */
    @Nullable String variable(String name) {
        String value = environment.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    /** Whether colours may be used: on a terminal that knows them, when nobody has said no (no-color.org). */
    public boolean colours() {
        return terminal.get() != null && variable("NO_COLOR") == null && !"dumb".equals(environment.get("TERM"));
    }
}
