package io.hawser.cluster.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A program that does one thing and ends at once, such as {@code ip}. */
final class Command {

    private Command() {}

    /** What it did: its exit code and all that it printed. */
    record Result(int exit, String output) {}

    /**
     * Runs it to its end.
     *
     * @return what it printed
     * @throws AssertionError with that, when it failed
     */
    static String run(List<String> command, String input) {
        Result result = attempt(command, input);
        if (result.exit() != 0) {
            throw new AssertionError(
                    String.join(" ", command) + " failed with " + result.exit() + ": " + result.output() + input);
        }
        return result.output();
    }

    /** Runs it to its end, whether it succeeds or fails. */
    static Result attempt(List<String> command, String input) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + command, e);
        }
    }
}
