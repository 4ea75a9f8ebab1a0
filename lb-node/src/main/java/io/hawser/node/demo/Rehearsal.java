package io.hawser.node.demo;

import io.hawser.node.logging.EventLog;
import io.hawser.node.logging.LogFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.event.Level;

/**
 * Has the JVM write down the classes that a node and {@code lbctl} need, as it sees them when a small cluster serves: with
 * these archives the programs start in half the time, for half the CPU.
 */
public final class Rehearsal {

    /** Read by {@code bin/lb-node} and {@code bin/lbctl}: where the archive is that the JVM takes its classes from. */
    static final String ARCHIVE = "HAWSER_CLASS_ARCHIVE";

    /** A second node, for all that nodes say to each other. */
    private static final int NODES = 2;

    private static final Duration END_TIMEOUT = Duration.ofMinutes(1);
    private static final Duration TRAFFIC = Duration.ofSeconds(2);

    private final Path distribution;
    private final Path directory;

    private Rehearsal(Path distribution, Path directory) {
        this.distribution = distribution;
        this.directory = directory;
    }

    /**
     * Makes both archives. Takes some 15 seconds.
     *
     * @param distribution the directory with {@code bin/lb-node}
     * @param target where the archives go, as {@code lb-node.jsa} and {@code lbctl.jsa}; what is there is replaced
     * @throws IOException when that can't be done here; the message says why
     */
    public static void run(Path distribution, Path target) throws IOException, InterruptedException {
        try (DemoDirectory directory = DemoDirectory.create(Path.of(System.getProperty("java.io.tmpdir")))) {
            OutputStream file = Files.newOutputStream(directory.path().resolve("rehearsal.log"));
            EventLog log = EventLog.start(file, LogFormat.LOGFMT, Level.INFO);
            try {
                new Rehearsal(distribution, directory.path()).record();
            } finally {
                log.close();
                file.close();
            }
            for (String name : List.of("lb-node.jsa", "lbctl.jsa")) {
                replace(target.resolve(name), directory.path().resolve(name));
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("this Java cannot do TLS as it is needed here: " + e.getMessage(), e);
        }
    }

    /** A JVM that starts meanwhile sees the old one or the new one, whole. */
    private static void replace(Path archive, Path made) throws IOException {
        Path beside = archive.resolveSibling(archive.getFileName() + ".new");
        Files.copy(made, beside, StandardCopyOption.REPLACE_EXISTING);
        Files.move(beside, archive, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private void record() throws IOException, GeneralSecurityException, InterruptedException {
        DemoNetwork network = DemoNetwork.choose(new java.util.Random());
        DemoSettings settings = new DemoSettings(TRAFFIC, NODES, false, true, distribution);
        try (Stage stage = new Stage(network, settings, directory)) {
            Certificates certificates = Certificates.make();
            stage.startZooKeeper();
            stage.startBackends(certificates);
            stage.startNodes(recorded("lb-node.jsa"));
            stage.awaitReady(missing -> {});
            Traffic traffic = Traffic.start(network, certificates, new Tally());
            try {
                showStatus(stage);
                Thread.sleep(TRAFFIC.toMillis());
            } finally {
                traffic.close();
            }
            NodeProcess first = stage.nodes().get(0);
            first.terminate();
            if (!first.awaitEnd(END_TIMEOUT) || !Files.exists(directory.resolve("lb-node.jsa"))) {
                throw new IOException("the JVM wrote no archive; its last words: " + lastLine(first.log()));
            }
        }
    }

    private String recorded(String archive) {
        return "-XX:ArchiveClassesAtExit=" + directory.resolve(archive);
    }

    private void showStatus(Stage stage) throws IOException, InterruptedException {
        Path said = directory.resolve("lbctl.log");
        ProcessBuilder lbctl = new ProcessBuilder(
                        distribution.resolve("bin/lbctl").toString(),
                        "--node",
                        stage.admin(NodeFile.node(1)).toString(),
                        "status")
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        Map<String, String> environment = lbctl.environment();
        environment.put("LBCTL_JAVA_OPTS", recorded("lbctl.jsa"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put(ARCHIVE, "");
        Process process = lbctl.start();
        if (!process.waitFor(END_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        if (!Files.exists(directory.resolve("lbctl.jsa"))) {
            throw new IOException("the JVM wrote no archive for lbctl; its last words: " + lastLine(said));
        }
    }

    private static String lastLine(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return lines.isEmpty() ? "none" : lines.get(lines.size() - 1);
    }
}
