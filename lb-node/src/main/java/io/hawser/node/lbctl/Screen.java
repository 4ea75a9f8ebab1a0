package io.hawser.node.lbctl;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts pages on standard output: fitted and coloured on a terminal, whole and plain in a pipe. */
final class Screen {

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");
    private static final String HOME = "\u001b[H";
    private static final String CLEAR_TO_LINE_END = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";

    private final Shell shell;
    private boolean printed;

    Screen(Shell shell) {
        this.shell = shell;
    }

    /** Something that asks the node and shows what it says. */
    interface View {
        void show() throws Failure, InterruptedException;
    }

    void printJson(String json) {
        shell.out().print(Printable.json(json));
        shell.out().flush();
    }

    void print(Page page) {
        TerminalSize terminal = shell.terminal().get();
        Table.Lines lines = page.table().lines(width(terminal), shell.colours());
        lines.lines().forEach(shell.out()::println);
        List<String> notes = notes(page, lines);
        shell.out().flush();
        if (terminal != null && !notes.isEmpty() && !lines.lines().isEmpty()) {
            shell.err().println();
        }
        notes.forEach(shell.err()::println);
    }

    /** Prints a page in place of the one before, or after it where that can't be. */
    void printAnew(String head, Page page) {
        TerminalSize terminal = shell.terminal().get();
        Instant now = shell.clock().instant();
        Table.Lines lines = page.table().lines(width(terminal), shell.colours());
        if (terminal == null) {
            shell.out()
                    .println((printed ? System.lineSeparator() : "") + "# " + now.truncatedTo(ChronoUnit.SECONDS) + " "
                            + Printable.of(head));
            printed = true;
            lines.lines().forEach(shell.out()::println);
            notes(page, lines).forEach(note -> shell.out().println("# " + note));
            shell.out().flush();
        } else {
            List<String> all = new ArrayList<>();
            String time = CLOCK.format(now.atZone(ZoneId.systemDefault()));
            all.add(Table.cut(time + "  " + Printable.of(head), terminal.columns()));
            all.add("");
            all.addAll(lines.lines());
            notes(page, lines).forEach(note -> all.add(Table.cut(note, terminal.columns())));
            draw(all, terminal);
        }
    }

    /** Makes room for what is printed anew. */
    void clear() {
        if (shell.terminal().get() != null) {
            shell.out().print(HOME + CLEAR_BELOW);
        }
    }

    /** Leaves a terminal so that the shell's prompt stands on a line of its own. */
    void end() {
        if (shell.terminal().get() != null) {
            shell.out().println();
            shell.out().flush();
        }
    }

    /** Says over what is shown why it is no longer true. */
    void printProblem(List<String> problem) {
        TerminalSize terminal = shell.terminal().get();
        if (terminal == null) {
            problem.forEach(shell.err()::println);
        } else {
            draw(problem, terminal);
        }
    }

    private void draw(List<String> lines, TerminalSize terminal) {
        // The last row stays free: a line break there would scroll.
        int room = Math.max(1, terminal.rows() - 1);
        StringBuilder text = new StringBuilder(HOME);
        for (int i = 0; i < Math.min(lines.size(), room); i++) {
            boolean more = i == room - 1 && lines.size() > room;
            text.append(more ? "… and " + (lines.size() - i) + " lines more" : lines.get(i));
            text.append(CLEAR_TO_LINE_END).append('\n');
        }
        shell.out().print(text.append(CLEAR_BELOW));
        shell.out().flush();
    }

    /** Whoever reads a pipe may have gone; a disk may be full. */
    void checkWritten() throws Failure {
        if (shell.out().checkError()) {
            throw new Failure("cannot write to standard output");
        }
    }

    private static int width(@Nullable TerminalSize terminal) {
        return terminal == null ? Integer.MAX_VALUE : terminal.columns();
    }

    private static List<String> notes(Page page, Table.Lines lines) {
        List<String> notes =
                new ArrayList<>(page.notes().stream().map(Printable::of).toList());
        if (!lines.leftOut().isEmpty()) {
            notes.add("left out, since the terminal is too narrow: " + String.join(", ", lines.leftOut()));
        }
        return notes;
    }
}
