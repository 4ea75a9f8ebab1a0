package io.hawser.node.vip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
    private final AtomicInteger undone = new AtomicInteger();

    private boolean act(long inNanos) {
        long at = System.nanoTime() + inNanos;
        return deadline.act(at, at, done::incrementAndGet, undone::incrementAndGet);
    }

    @Test
    void doesWhatIsInTime() {
        assertThat(act(TimeUnit.HOURS.toNanos(1))).isTrue();
        assertThat(done).hasValue(1);
        assertThat(undone).hasValue(0);
    }

    @Test
    void doesNothingThatIsLate() {
        assertThat(act(0)).isFalse();
        assertThat(done).hasValue(0);
    }

    /** The timer would kill a process that is slow for a moment. */
    @Test
    void doesNothingWhenLittleTimeIsLeft() {
        assertThat(act(TimeUnit.MILLISECONDS.toNanos(40))).isFalse();
        assertThat(done).hasValue(0);
    }

    /** The kernel may take its time, as while others change addresses. */
    @Test
    void undoesWhatTookTooLongAndLives() {
        long now = System.nanoTime();
        long late = now + TimeUnit.MILLISECONDS.toNanos(500);
        boolean inTime = deadline.act(
                late,
                now + TimeUnit.HOURS.toNanos(1),
                () -> {
                    done.incrementAndGet();
                    await().until(() -> System.nanoTime() - late > 0);
                },
                undone::incrementAndGet);
        assertThat(inTime).isFalse();
        assertThat(done).hasValue(1);
        assertThat(undone).hasValue(1);
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
            // Made first: the first call takes long.
            Deadline deadline = new Deadline(Libc.load());
            long soon = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
            var unusedLate = deadline.act(
                    soon,
                    soon,
                    () -> {
                        System.out.println("looked at the clock");
                        try {
                            Thread.sleep(TimeUnit.MINUTES.toMillis(1));
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        System.out.println("acted");
                    },
                    () -> {});
        }
    }
}
