package io.hawser.node.command;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of {@code lb-node}. */
@Command(
        name = "lb-node",
        description = "A clustered TLS passthrough load balancer: one node.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class LbNode {

    private LbNode() {}

    /**
     * Runs one command line to its end.
     *
     * @return the exit code: 0 done, 1 failed, 2 wrong usage or a configuration with errors
     */
    public static int execute(String[] args, String version, String revision, PrintWriter out, PrintWriter err) {
        return commandLine(version, revision).setOut(out).setErr(err).execute(args);
    }

    /** The command line with all its commands. */
    public static CommandLine commandLine(String version, String revision) {
        CommandLine commandLine = new CommandLine(new LbNode());
        commandLine.addSubcommand(new RunCommand(version, revision));
        commandLine.addSubcommand(new CheckCommand());
        commandLine.addSubcommand(new DemoCommand());
        commandLine.addSubcommand(new ArchiveCommand());
        commandLine.getCommandSpec().version("lb-node " + version + " (" + revision + ")");
        return commandLine;
    }
}
