package io.hawser.node;

import io.hawser.node.command.LbNode;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The entry point of {@code lb-node}. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        BuildInfo build = BuildInfo.load();
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(LbNode.execute(args, build.version(), build.revision(), out, err));
    }
}
