package io.hawser.node.demo;

import io.hawser.node.lbctl.Shell;
import io.hawser.node.lbctl.TerminalSize;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Says what happens: a picture that is drawn anew below it on a terminal, and plain lines elsewhere. One thread. */
final class Display {

    /** Where there is no terminal, a line every two seconds is enough. */
    private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final int PLAIN_WIDTH = 200;

    private final Shell shell;
    private final PrintWriter out;
    private int drawn;
    private long lastLine = System.nanoTime() - LINE_NANOS;

    Display(Shell shell) {
        this.shell = shell;
        this.out = shell.out();
    }

    /** Something that stays to be read. */
    void say(String line) {
        erase();
        out.println(line);
        out.flush();
    }

    /** Likewise. */
    void say(List<String> lines) {
        erase();
        lines.forEach(out::println);
        out.flush();
    }

    /** How all stands; takes the place of what it was shown before. */
    void show(Snapshot snapshot) {
        TerminalSize terminal = shell.terminal().get();
        if (terminal == null) {
            if (System.nanoTime() - lastLine >= LINE_NANOS) {
                lastLine = System.nanoTime();
                say(Frame.line(snapshot));
            }
            return;
        }
        erase();
        List<String> lines = Frame.lines(snapshot, terminal.columns(), shell.colours());
        // What has scrolled out of sight can't be drawn over.
        List<String> seen = lines.subList(0, Math.min(lines.size(), Math.max(0, terminal.rows() - 2)));
        out.println();
        seen.forEach(out::println);
        out.flush();
        drawn = seen.size() + 1;
    }

    /** Characters that a line may have. */
    int width() {
        TerminalSize terminal = shell.terminal().get();
        return terminal == null ? PLAIN_WIDTH : terminal.columns();
    }

    boolean colours() {
        return shell.colours();
    }

    private void erase() {
        if (drawn > 0) {
            out.print("\u001b[" + drawn + "A\r\u001b[J");
            drawn = 0;
        }
    }
}
