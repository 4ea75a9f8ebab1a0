package io.hawser.node.command;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lb-node check}: says whether a configuration file is valid, and everything that is wrong with it. */
@Command(
        name = "check",
        description = "Check a configuration file; exit with 2 when it has errors.",
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The configuration file.")
    private Path file = Path.of("lb-node.yml");

    @Override
    public Integer call() {
        if (ConfigFile.read(file, ConfigFile.defaults(), spec.commandLine().getErr()) == null) {
            return 2;
        }
        spec.commandLine().getOut().println(file + " is valid");
        return 0;
    }
}
