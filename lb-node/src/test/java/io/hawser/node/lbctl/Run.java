package io.hawser.node.lbctl;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One run of lbctl in this process: what it printed, and how it ended. */
record Run(int code, String out, String err) {

    /** Runs it with standard output in a pipe. */
    static Run of(String... args) {
        return in(Map.of(), null, args);
    }

    /** Runs it on a terminal, where that is given. */
    static Run in(Map<String, String> environment, @Nullable TerminalSize terminal, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Shell shell = new Shell(
                new HashMap<>(environment),
                () -> terminal,
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                InstantSource.system(),
                action -> {});
        int code = Lbctl.execute(args, shell, "1.2.3", "0123456789ab");
        return new Run(code, out.toString(), err.toString());
    }

    /** Runs a command against a node. */
    static Run at(Object node, String... args) {
        String[] all = new String[args.length + 2];
        all[0] = "--node";
        all[1] = node.toString();
        System.arraycopy(args, 0, all, 2, args.length);
        return of(all);
    }

    List<String> lines() {
        return out.lines().toList();
    }
}
