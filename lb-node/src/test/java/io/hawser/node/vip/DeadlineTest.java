package io.hawser.node.vip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
final class DeadlineTest {

    private static final int SIGALRM = 14;

    private final Deadline deadline = new Deadline(Libc.load());
    private final AtomicInteger done = new AtomicInteger();

    @Test
    void doesWhatIsInTime() {
        assertThat(deadline.act(System.nanoTime() + TimeUnit.HOURS.toNanos(1), done::incrementAndGet))
                .isTrue();
        assertThat(done).hasValue(1);
    }

    @Test
    void doesNothingThatIsLate() {
        assertThat(deadline.act(System.nanoTime(), done::incrementAndGet)).isFalse();
        assertThat(done).hasValue(0);
    }

    /** In a process of its own, since that must not survive it. */
    @Test
    void diesInsteadOfActingWhenStoppedInBetween() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Stalled.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(128 + SIGALRM);
        assertThat(output).contains("looked at the clock").doesNotContain("acted");
    }

    /** A process that stands still between looking at the clock and acting. */
    static final class Stalled {

        private Stalled() {}

        public static void main(String[] arguments) {
            new Deadline(Libc.load()).act(System.nanoTime() + TimeUnit.SECONDS.toNanos(2), () -> {
                System.out.println("looked at the clock");
                try {
                    Thread.sleep(TimeUnit.MINUTES.toMillis(1));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                System.out.println("acted");
            });
        }
    }
}
