package io.hawser.cluster.vip;

import io.hawser.cluster.harness.OsProcess;
import io.hawser.cluster.lab.Host;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A process on a host of a lab that does what it is told, line by line. Each line is answered by one that begins with what
 * was asked.
 */
final class Subject {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final OsProcess process;

    private Subject(OsProcess process) {
        this.process = process;
    }

    /** What the process does with a line, split at its spaces. */
    interface Obedience {
        Object obey(String[] words) throws IOException;
    }

    /** Starts a class's {@code main}, and waits until it obeys. */
    static Subject start(Host host, Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        OsProcess process = host.start(main.getSimpleName(), command, Path.of("."), Map.of());
        process.awaitLine("^ready", PATIENCE);
        return new Subject(process);
    }

    OsProcess process() {
        return process;
    }

    /** Its answer. */
    String ask(String question) throws IOException {
        int from = process.lineCount();
        process.input().write((question + "\n").getBytes(StandardCharsets.UTF_8));
        process.input().flush();
        return process.awaitLine(from, Pattern.compile("^" + Pattern.quote(question) + ": (.*)"), PATIENCE)
                .group(1);
    }

    /** In that process: obeys until its input ends. */
    static void obeyAll(Obedience obedience) throws IOException {
        System.out.println("ready");
        try (BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                System.out.println(line + ": " + obedience.obey(line.split(" ", -1)));
            }
        }
        System.out.println("closed");
    }
}
