package io.hawser.cluster.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hawser.cluster.harness.OsProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demonstration as a user runs it: its verdict, its exit code, and that nothing is left running. */
@Tag("slow")
final class DemoIT {

    private static final Duration LONG = Duration.ofMinutes(5);

    @TempDir
    private Path directory = Path.of("");

    private OsProcess demo(String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("hawser.distribution"), "bin", "lb-node")
                .toString());
        command.add("demo");
        command.addAll(List.of(arguments));
        return OsProcess.start(
                "demo",
                command,
                directory,
                Map.of(
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "HAWSER_JAVA_OPTS",
                        "-Djava.io.tmpdir=" + directory));
    }

    @Test
    void noSessionChangesItsBackend() throws Exception {
        try (OsProcess demo = demo("--seconds", "6")) {
            demo.awaitLine("ready after", LONG);
            List<ProcessHandle> nodes = nodes(demo);
            assertThat(nodes).hasSize(3);
            assertThat(demo.awaitExit(LONG)).as(demo.output()).isZero();
            assertThat(demo.output())
                    .contains(
                            "SIGKILL to lb", "lbctl vip move web --to lb", "TIME WITHOUT SERVICE", "KEPT THEIR BACKEND")
                    .contains("verdict: every session stayed on its backend (40 of 40)")
                    .containsPattern("\nall +40 +40 +0 ")
                    .doesNotContain("\u001b");
            assertThat(nodes).noneMatch(ProcessHandle::isAlive);
            assertThat(directory).as("what it wrote").isEmptyDirectory();
        }
    }

    @Test
    void withoutAffinityItFails() throws Exception {
        try (OsProcess demo = demo("--seconds", "3", "--without-affinity")) {
            assertThat(demo.awaitExit(LONG)).as(demo.output()).isEqualTo(1);
            demo.awaitLine(0, Pattern.compile("verdict: failed: [1-9]\\d* of 40 sessions changed their backend"), LONG);
        }
    }

    @Test
    void nodesDieWithItEvenWhenItIsKilled() throws Exception {
        try (OsProcess demo = demo("--keep")) {
            await().atMost(LONG).until(() -> nodes(demo).size() == 3);
            List<ProcessHandle> nodes = nodes(demo);
            demo.signal(OsProcess.Signal.KILL);
            await().atMost(LONG).until(() -> nodes.stream().noneMatch(ProcessHandle::isAlive));
        }
        assertThat(directory).as("what it had no time to clear away").isNotEmptyDirectory();
        try (OsProcess demo = demo("--keep")) {
            demo.awaitLine("starting ZooKeeper", LONG);
            try (Stream<Path> left = Files.list(directory)) {
                assertThat(left).as("the next one's alone").hasSize(1);
            }
        }
    }

    private static List<ProcessHandle> nodes(OsProcess demo) {
        return ProcessHandle.of(demo.pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .toList();
    }
}
