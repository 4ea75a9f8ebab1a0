package io.hawser.node.command;

import io.hawser.node.demo.Demo;
import io.hawser.node.demo.DemoSettings;
import io.hawser.node.lbctl.Shell;
import io.hawser.node.lbctl.TerminalSize;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lb-node demo}: shows on this machine what Hawser is for. */
@Command(
        name = "demo",
        description = {
            "Show on this machine what Hawser is for; needs no root and no server.",
            "Starts ZooKeeper, nodes, TLS backends and clients that resume their sessions, kills the node that has the VIP,"
                    + " and moves the VIP on purpose. Exits with 0 only if no session changed its backend."
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

    /** As a shell says it of a program that Ctrl-C ended. */
    private static final int INTERRUPTED = 130;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "24",
            description = "How long clients come, 3 to 86400; by default 24.")
    private int seconds;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "3",
            description = "How many nodes, 3 to 9; by default 3. One dies, and the VIP moves between the others.")
    private int nodes;

    @Option(
            names = "--keep",
            description =
                    "After the verdict leave all running until Ctrl-C, and say how to look at it and play with it.")
    private boolean keep;

    @Option(
            names = "--without-affinity",
            description = "Tie no session to its backend: shows what is lost then, and exits with 1.")
    private boolean withoutAffinity;

    @Override
    public Integer call() {
        range("--seconds", seconds, 3, 86_400);
        range("--nodes", nodes, 3, 9);
        Thread own = Thread.currentThread();
        for (String signal : new String[] {"INT", "TERM", "HUP"}) {
            Signals.on(signal, own::interrupt);
        }
        Shell shell = new Shell(
                System.getenv(),
                // The script has looked already: from here a process would have to be started.
                () -> TerminalSize.parse(System.getProperty("hawser.terminal", "")),
                spec.commandLine().getOut(),
                spec.commandLine().getErr(),
                InstantSource.system(),
                action -> {});
        try {
            return Demo.run(
                    new DemoSettings(Duration.ofSeconds(seconds), nodes, keep, !withoutAffinity, Distribution.here()),
                    shell);
        } catch (IOException e) {
            spec.commandLine().getErr().println("the demonstration can't run: " + e.getMessage());
            return 1;
        } catch (InterruptedException e) {
            shell.out().println("interrupted: all is ended");
            return keep ? 0 : INTERRUPTED;
        }
    }

    private void range(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ParameterException(
                    spec.commandLine(), option + " is " + value + "; it may be " + least + " to " + most);
        }
    }
}
