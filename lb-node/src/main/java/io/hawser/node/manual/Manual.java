package io.hawser.node.manual;

import io.hawser.node.command.LbNode;
import io.hawser.node.lbctl.Lbctl;
import io.hawser.node.lbctl.Shell;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine;

/** Writes the manual pages and completions of both programs; the build runs it. */
public final class Manual {

    private static final List<ManualPage.Entry> LBCTL_ENVIRONMENT = List.of(
            new ManualPage.Entry("LBCTL_NODE", "The node's admin address, unless --node says it."),
            new ManualPage.Entry("LBCTL_TOKEN_FILE", "The file with the node's token, unless --token-file says it."),
            new ManualPage.Entry(
                    "LBCTL_CA", "The file with the authority of the node's certificate, unless --ca says it."),
            new ManualPage.Entry("NO_COLOR", "Where set, nothing is coloured."),
            new ManualPage.Entry("COLUMNS", "How wide a table may be on a terminal."),
            new ManualPage.Entry("JAVA_HOME", "The Java that runs it, 17 or later; else the java on PATH."),
            new ManualPage.Entry("LBCTL_JAVA_OPTS", "Options for the JVM."));

    private static final List<ManualPage.Entry> LB_NODE_ENVIRONMENT = List.of(
            new ManualPage.Entry("JAVA_HOME", "The Java that runs it, 17 or later; else the java on PATH."),
            new ManualPage.Entry("HAWSER_JAVA_OPTS", "Options for the JVM; they win over those of the start script."),
            new ManualPage.Entry(
                    "NOTIFY_SOCKET, WATCHDOG_USEC",
                    "Set by systemd: where the node tells that it serves, reloads, drains, and that its event loops turn."));

    private static final List<ManualPage.Entry> LB_NODE_SIGNALS = List.of(
            new ManualPage.Entry("SIGTERM, SIGINT", "Drain, then exit."),
            new ManualPage.Entry("SIGHUP", "Take the changed file in; a file with a mistake changes nothing."));

    private static final List<ManualPage.Entry> FILES = List.of(
            new ManualPage.Entry("/etc/hawser/lb-node.yml", "The configuration, where a package has installed Hawser."),
            new ManualPage.Entry(
                    "/etc/default/hawser", "Variables of the service's environment, such as HAWSER_JAVA_OPTS."));

    private Manual() {}

    /**
     * Writes {@code man/*.1}, {@code completion/bash/*} and {@code completion/zsh/_*}.
     *
     * @param args a directory, and the version
     */
    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args[0]);
        String version = args[1];
        CommandLine lbNode = LbNode.commandLine(version, "");
        write(
                directory,
                lbNode,
                new ManualPage(version)
                        .section("ENVIRONMENT", LB_NODE_ENVIRONMENT)
                        .section("SIGNALS", LB_NODE_SIGNALS)
                        .section("FILES", FILES)
                        .section("SEE ALSO", List.of(new ManualPage.Entry("", "lbctl(1), systemctl(1)"))));
        CommandLine lbctl = Lbctl.commandLine(nobody(), version, "");
        write(
                directory,
                lbctl,
                new ManualPage(version)
                        .section("ENVIRONMENT", LBCTL_ENVIRONMENT)
                        .section("SEE ALSO", List.of(new ManualPage.Entry("", "lb-node(1)"))));
    }

    private static void write(Path directory, CommandLine program, ManualPage page) throws IOException {
        String name = program.getCommandName();
        Path man = Files.createDirectories(directory.resolve("man"));
        Path bash = Files.createDirectories(directory.resolve("completion/bash"));
        Path zsh = Files.createDirectories(directory.resolve("completion/zsh"));
        Files.writeString(man.resolve(name + ".1"), page.of(program));
        Files.writeString(bash.resolve(name), bashCompletion(name, program));
        Files.writeString(zsh.resolve("_" + name), ZshCompletion.of(program));
    }

    private static String bashCompletion(String name, CommandLine program) {
        // It is read, not run.
        return AutoComplete.bash(name, program).replaceFirst("^#!.*\\R", "");
    }

    /** A command line that is looked at, and never run. */
    private static Shell nobody() {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        return new Shell(Map.of(), () -> null, nowhere, nowhere, () -> Instant.EPOCH, action -> {});
    }
}
