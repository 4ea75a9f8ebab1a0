package io.hawser.node.command;

import io.hawser.node.demo.Rehearsal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lb-node archive}: has the JVM keep the classes of a node ready, so that later starts take half the time. */
@Command(
        name = "archive",
        description = {
            "Let later starts of lb-node and lbctl take half the time and half the CPU.",
            "Runs two nodes on loopback addresses for some seconds, and has Java write down the classes that they used,"
                    + " beside the program's jars. Run it after each update of Java; a package does so when it is installed."
        },
        mixinStandardHelpOptions = true)
final class ArchiveCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--to",
            paramLabel = "DIRECTORY",
            description = "Where the archives go; by default beside the jars, where the programs look for them unless"
                    + " HAWSER_CLASS_ARCHIVE names another file.")
    private @Nullable Path directory;

    @Override
    public Integer call() throws InterruptedException {
        try {
            Path distribution = Distribution.here();
            Path target = directory == null ? distribution.resolve("lib") : directory.toAbsolutePath();
            if (!Files.isWritable(target)) {
                throw new IOException(target + " is no directory that this user may write to; name another with --to");
            }
            Rehearsal.run(distribution, target);
            spec.commandLine().getOut().println("wrote lb-node.jsa and lbctl.jsa to " + target);
            return 0;
        } catch (IOException e) {
            spec.commandLine().getErr().println("no archive was written: " + e.getMessage());
            return 1;
        }
    }
}
