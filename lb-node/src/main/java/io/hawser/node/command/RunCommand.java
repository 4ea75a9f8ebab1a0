package io.hawser.node.command;

import io.hawser.config.Defaults;
import io.hawser.config.HawserConfig;
import io.hawser.node.BuildInfo;
import io.hawser.node.Node;
import io.hawser.node.admin.Change;
import io.hawser.node.connection.ListenException;
import io.hawser.node.logging.EventLog;
import io.hawser.node.logging.LogFormat;
import io.hawser.node.systemd.Supervisor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lb-node run}: runs a node until SIGTERM or SIGINT, which drain it; SIGHUP reloads its configuration. */
@Command(name = "run", description = "Run a node.", mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {

    private final String version;
    private final String revision;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The configuration file.")
    private Path file = Path.of("lb-node.yml");

    @Option(
            names = "--while-stdin-open",
            hidden = true,
            description = "Stop as on SIGTERM when standard input ends, as it does when who started the node is gone.")
    private boolean whileStdinOpen;

    RunCommand(String version, String revision) {
        this.version = version;
        this.revision = revision;
    }

    @Override
    public Integer call() throws InterruptedException {
        Defaults defaults = ConfigFile.defaults();
        HawserConfig config = ConfigFile.read(file, defaults, spec.commandLine().getErr());
        if (config == null) {
            return 2;
        }
        CountDownLatch terminated = new CountDownLatch(1);
        Signals.on("TERM", () -> terminated.countDown());
        Signals.on("INT", () -> terminated.countDown());
        if (whileStdinOpen) {
            awaitEnd(System.in, terminated);
        }
        EventLog log = EventLog.start(
                System.out,
                LogFormat.valueOf(config.log().format().name()),
                Level.valueOf(config.log().level().name()));
        try (Supervisor supervisor =
                Supervisor.of(System.getenv(), ProcessHandle.current().pid())) {
            Node node = Node.start(file, config, defaults, new BuildInfo(version, revision), log::dropped);
            Signals.on("HUP", () -> {
                supervisor.reloading();
                var unused = node.reload().whenComplete((change, failure) -> supervisor.ready(outcome(change)));
            });
            supervisor.watch(node.eventLoops());
            supervisor.ready("serves");
            terminated.await();
            supervisor.stopping(node.longestStop());
            node.drainAndStop();
            return 0;
        } catch (IOException | ListenException | IllegalStateException | IllegalArgumentException e) {
            spec.commandLine().getErr().println("cannot start: " + e.getMessage());
            return 1;
        } finally {
            log.close();
        }
    }

    /** Reads until nothing comes any more, on a thread of its own. */
    private static void awaitEnd(InputStream in, CountDownLatch ended) {
        Thread thread = new Thread(
                () -> {
                    try {
                        in.transferTo(OutputStream.nullOutputStream());
                    } catch (IOException e) {
                        // Nobody is at the other end any more: that is what it waits for.
                    } finally {
                        ended.countDown();
                    }
                },
                "standard-input");
        thread.setDaemon(true);
        thread.start();
    }

    private static String outcome(@Nullable Change change) {
        return change instanceof Change.Applied
                ? "serves"
                : "serves as before: the last reload was refused; the log says why";
    }
}
