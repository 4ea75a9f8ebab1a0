package io.hawser.node;

import io.hawser.node.command.Signals;
import io.hawser.node.lbctl.Lbctl;
import io.hawser.node.lbctl.Shell;
import io.hawser.node.lbctl.TerminalSize;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The entry point of {@code lbctl}. */
public final class LbctlMain {

    private LbctlMain() {}

    public static void main(String[] args) {
        BuildInfo build = BuildInfo.load();
        // The script has looked already: from here a process would have to be started.
        AtomicReference<@Nullable TerminalSize> terminal =
                new AtomicReference<>(TerminalSize.parse(System.getProperty("hawser.terminal", "")));
        Shell shell = new Shell(
                System.getenv(),
                terminal::get,
                new PrintWriter(System.out, false, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                InstantSource.system(),
                action -> {
                    Signals.on("INT", action);
                    if (terminal.get() != null) {
                        Signals.on("WINCH", () -> terminal.updateAndGet(LbctlMain::lookAgain));
                    }
                });
        System.exit(Lbctl.execute(args, shell, build.version(), build.revision()));
    }

    /** How large the terminal is by now; as before when it can't be found out. */
    private static @Nullable TerminalSize lookAgain(@Nullable TerminalSize before) {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectErrorStream(true)
                    .start();
            TerminalSize now =
                    TerminalSize.parse(new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            return now == null ? before : now;
        } catch (IOException e) {
            return before;
        }
    }
}
