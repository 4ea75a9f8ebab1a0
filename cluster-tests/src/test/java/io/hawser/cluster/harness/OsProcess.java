package io.hawser.cluster.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A process that a test started: its output, its signals, and what the kernel says of it.
 *
 * <p>It never outlives the JVM of the test, not even when that is killed: the kernel kills it then (PR_SET_PDEATHSIG).
 * The kernel takes the end of the thread that made the process for the end of its parent, so one thread makes it, reads
 * its output, and ends when that is over.
 */
public final class OsProcess implements AutoCloseable {

    /** Lines kept; a process that prints more has its oldest ones forgotten. */
    private static final int MAX_LINES = 100_000;

    private static final Duration KILL_TIMEOUT = Duration.ofSeconds(20);

    private final String name;
    private final List<String> command;
    private final CompletableFuture<Process> started = new CompletableFuture<>();
    private final Process process;
    private final List<String> lines = new ArrayList<>();
    private long forgotten;
    private boolean outputEnded;

    private OsProcess(String name, List<String> command, Path directory, Map<String, String> environment)
            throws IOException {
        this.name = name;
        this.command = List.copyOf(command);
        ProcessBuilder builder = new ProcessBuilder(dyingWithParent(command));
        builder.directory(directory.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Thread parent = new Thread(() -> run(builder), name + "-output");
        parent.setDaemon(true);
        parent.start();
        try {
            this.process = started.get();
        } catch (ExecutionException e) {
            throw new IOException("cannot start " + command + ": " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while starting " + command, e);
        }
    }

    /**
     * Starts a program.
     *
     * @param name what reports call it
     * @param directory where it runs
     * @param environment added to the environment of the tests
     */
    public static OsProcess start(String name, List<String> command, Path directory, Map<String, String> environment)
            throws IOException {
        return new OsProcess(name, command, directory, environment);
    }

    private static List<String> dyingWithParent(List<String> command) {
        if (!Files.isExecutable(Path.of("/usr/bin/setpriv"))) {
            return command;
        }
        List<String> all = new ArrayList<>(List.of("/usr/bin/setpriv", "--pdeathsig", "KILL", "--"));
        all.addAll(command);
        return all;
    }

    private void run(ProcessBuilder builder) {
        Process made;
        try {
            made = builder.start();
        } catch (IOException e) {
            started.completeExceptionally(e);
            return;
        }
        started.complete(made);
        try (BufferedReader output = made.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                keep(line);
            }
        } catch (IOException e) {
            keep("(reading its output failed: " + e + ")");
        }
        synchronized (lines) {
            outputEnded = true;
            lines.notifyAll();
        }
        try {
            var unused = made.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void keep(String line) {
        synchronized (lines) {
            if (lines.size() == MAX_LINES) {
                lines.remove(0);
                forgotten++;
            }
            lines.add(line);
            lines.notifyAll();
        }
    }

    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** What the process reads. */
    public OutputStream input() {
        return process.getOutputStream();
    }

    /** Everything it has printed so far, errors too, a line an element. */
    public List<String> lines() {
        synchronized (lines) {
            if (forgotten > 0) {
                throw new IllegalStateException(name + " printed more than " + MAX_LINES + " lines");
            }
            return List.copyOf(lines);
        }
    }

    public String output() {
        return String.join("\n", lines());
    }

    /** How many lines it has printed; where a later {@link #awaitLine(int, Pattern, Duration)} may begin. */
    public int lineCount() {
        synchronized (lines) {
            return lines.size();
        }
    }

    /** The first line in which the pattern is found, among those already printed too. */
    public Matcher awaitLine(String pattern, Duration timeout) {
        return awaitLine(0, Pattern.compile(pattern), timeout);
    }

    /**
     * Waits for a line in which the pattern is found.
     *
     * @param from the number of lines to pass over
     * @throws AssertionError with the output, when the process ends or the time is over first
     */
    public Matcher awaitLine(int from, Pattern pattern, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        synchronized (lines) {
            int next = from;
            while (true) {
                for (; next < lines.size(); next++) {
                    Matcher matcher = pattern.matcher(lines.get(next));
                    if (matcher.find()) {
                        return matcher;
                    }
                }
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (outputEnded || left <= 0) {
                    throw new AssertionError(name + (outputEnded ? " ended" : " took more than " + timeout)
                            + " without printing '" + pattern + "'\n" + evidence());
                }
                try {
                    lines.wait(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("interrupted while waiting for " + name, e);
                }
            }
        }
    }

    /**
     * Waits until the process has ended and all its output is read.
     *
     * @return its exit code; 128 and the signal's number when a signal ended it
     * @throws AssertionError with the output, when the time is over first
     */
    public int awaitExit(Duration timeout) {
        try {
            long deadline = System.nanoTime() + timeout.toNanos();
            int exit = process.onExit()
                    .get(timeout.toNanos(), TimeUnit.NANOSECONDS)
                    .exitValue();
            synchronized (lines) {
                // A grandchild may hold the output open; that is no reason to wait on.
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                while (!outputEnded && left > 0) {
                    lines.wait(left);
                    left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                }
            }
            return exit;
        } catch (TimeoutException e) {
            throw new AssertionError(name + " did not end within " + timeout + "\n" + evidence(), e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + name, e);
        }
    }

    /** The signals that tests send. */
    public enum Signal {
        HUP,
        INT,
        TERM,
        KILL,
        STOP,
        CONT
    }

    /** Sends a signal; to a process that has ended it is without effect. */
    public void signal(Signal signal) {
        try {
            // The shell's own kill: not every machine has one in a package of its own.
            var unused = new ProcessBuilder("sh", "-c", "kill -s " + signal + " " + pid())
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while signalling " + name, e);
        }
    }

    /** File descriptors that it has open now. */
    public int openDescriptors() {
        return descriptors("");
    }

    /** Sockets that it has open now. */
    public int openSockets() {
        return descriptors("socket:");
    }

    private int descriptors(String kind) {
        int count = 0;
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/" + pid() + "/fd"))) {
            for (Path descriptor : descriptors) {
                count += target(descriptor).startsWith(kind) ? 1 : 0;
            }
            return count;
        } catch (IOException e) {
            throw new UncheckedIOException(name + " has ended", e);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "closed meanwhile";
        }
    }

    /** The TCP port of IPv4 on which it listens. */
    public int listeningPort() {
        try {
            // Columns: local address and port in hexadecimal, 0A for listening, the socket's inode.
            for (String line : Files.readAllLines(Path.of("/proc/" + pid() + "/net/tcp"))) {
                String[] columns = line.strip().split("\\s+", -1);
                if (columns[3].equals("0A") && hasOpen("socket:[" + columns[9] + "]")) {
                    return Integer.parseInt(columns[1].substring(columns[1].indexOf(':') + 1), 16);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(name + " has ended", e);
        }
        throw new AssertionError(name + " does not listen\n" + evidence());
    }

    private boolean hasOpen(String target) {
        return descriptors(target) > 0;
    }

    /** Bytes of memory that it holds now. */
    public long residentBytes() {
        return 1024 * status("VmRSS");
    }

    private long status(String key) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid() + "/status"))) {
                if (line.startsWith(key + ":")) {
                    return Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(name + " has ended", e);
        }
        throw new IllegalStateException("no " + key + " of " + name + ": it has ended");
    }

    /** Processor time that it has used so far. */
    public Duration processorTime() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** What to look at when a test has failed: what it was, how it ended, and the end of its output. */
    public String evidence() {
        synchronized (lines) {
            int from = Math.max(0, lines.size() - 200);
            return "---- " + name + ": " + String.join(" ", command) + "\n---- "
                    + (process.isAlive() ? "still running" : "ended with " + process.exitValue()) + ", "
                    + (lines.size() + forgotten) + " lines, the last of them:\n"
                    + String.join("\n", lines.subList(from, lines.size())) + "\n----";
        }
    }

    /** Kills it, whatever it does, and waits for its end. */
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        var unused = awaitExit(KILL_TIMEOUT);
    }

    @Override
    public String toString() {
        return name + (started.isDone() ? "[" + pid() + "]" : "");
    }
}
