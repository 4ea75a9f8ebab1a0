package io.hawser.node.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One node, a process of its own. It ends when this process does, however that ends: it reads a pipe from it. */
final class NodeProcess implements AutoCloseable {

    /** For several JVMs on a small machine: little memory each, and no compiler that pays off after minutes only. */
    private static final String JVM =
            "-Xmx96m -XX:MaxDirectMemorySize=64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto";

    private static final long KILL_SECONDS = 10;

    private final String id;
    private final Process process;
    private final Path log;

    private NodeProcess(String id, Process process, Path log) {
        this.id = id;
        this.process = process;
        this.log = log;
    }

    /**
     * Starts it; it does not serve yet.
     *
     * @param distribution the directory with {@code bin/lb-node}
     * @param file its configuration
     * @param log what it prints goes there
     * @param option one more option of its JVM, which then takes its classes from no archive; may be empty
     */
    static NodeProcess start(String id, Path distribution, Path file, Path log, String option) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        distribution.resolve("bin/lb-node").toString(),
                        "run",
                        "-c",
                        file.toString(),
                        "--while-stdin-open")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        Map<String, String> environment = builder.environment();
        environment.put("HAWSER_JAVA_OPTS", JVM + ' ' + option);
        if (!option.isEmpty()) {
            environment.put(Rehearsal.ARCHIVE, "");
        }
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.remove("NOTIFY_SOCKET");
        return new NodeProcess(id, builder.start(), log);
    }

    String id() {
        return id;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What it has printed. */
    Path log() {
        return log;
    }

    /** Sends SIGKILL; it has no time to tell anybody. */
    void kill() {
        process.destroyForcibly();
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** Whether it has ended within that time. */
    boolean awaitEnd(Duration limit) throws InterruptedException {
        return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Kills it, and waits until it is gone. */
    @Override
    public void close() {
        kill();
        boolean interrupted = false;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(KILL_SECONDS);
        while (process.isAlive() && System.nanoTime() < deadline) {
            try {
                var unused = process.waitFor(KILL_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
