package io.hawser.node.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.hawser.testing.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeadlinesTest {

    private static final long TICK = Deadlines.TICK_NANOS;

    @Test
    void agreesWithAPlainListWhateverIsDoneToIt() {
        Seeds.rounds(300, random -> new Model(random).run(400));
    }

    /** Does the same to a wheel and to a map, and compares. */
    private static final class Model {
        private final Random random;
        private final List<Probe> probes = new ArrayList<>();
        private final IdentityHashMap<Probe, Long> set = new IdentityHashMap<>();
        private long now;
        private final Deadlines wheel;

        Model(Random random) {
            this.random = random;
            // A monotonic clock may begin anywhere, below zero too.
            this.now = random.nextLong() / 4;
            this.wheel = new Deadlines(now);
            for (int i = 0; i < 30; i++) {
                probes.add(new Probe());
            }
        }

        void run(int steps) {
            for (int i = 0; i < steps; i++) {
                if (random.nextInt(3) > 0) {
                    change();
                } else {
                    advance();
                }
            }
        }

        private void change() {
            Probe probe = probes.get(random.nextInt(probes.size()));
            if (random.nextInt(4) == 0) {
                set.remove(probe);
                wheel.cancel(probe);
            } else {
                long at = now + delay();
                set.put(probe, at);
                probe.setAt = now;
                wheel.set(probe, at);
            }
        }

        /** Mostly within a round of the wheel, at times beyond several, at times in the past, at times on a tick. */
        private long delay() {
            return switch (random.nextInt(5)) {
                case 0 -> -random.nextLong(3 * TICK);
                case 1 -> random.nextLong(4000) * TICK;
                case 2 -> random.nextLong(5000 * TICK);
                default -> random.nextLong(40 * TICK);
            };
        }

        private void advance() {
            long step = random.nextInt(8) == 0 ? random.nextLong(3000 * TICK) : random.nextLong(2 * TICK);
            now += step;
            IdentityHashMap<Probe, Long> before = new IdentityHashMap<>(set);
            wheel.advance(now);
            assertThat(wheel.nowNanos()).isEqualTo(now);
            // One that was set before and is overdue by a tick has fired, unless what fired moved it.
            before.forEach((probe, at) -> {
                boolean untouched = at.equals(set.get(probe)) && probe.setAt <= now - step;
                assertThat(untouched && Math.max(at, probe.setAt) + TICK <= now)
                        .as("set for %d at %d, and still not fired at %d", at, probe.setAt, now)
                        .isFalse();
            });
        }

        private final class Probe extends Deadlines.Deadline {
            private long setAt;

            @Override
            void onDeadline(long nowNanos) {
                assertThat(set).as("fires only what is set").containsKey(this);
                assertThat(set.remove(this)).as("never early").isLessThanOrEqualTo(nowNanos);
                // What fires may change others, and itself.
                while (random.nextInt(3) == 0) {
                    change();
                }
            }
        }
    }

    @Test
    void firesAtTheFirstTickAfterItsTimeEvenManyRoundsAhead() {
        Deadlines wheel = new Deadlines(0);
        List<Long> fired = new ArrayList<>();
        Deadlines.Deadline deadline = new Deadlines.Deadline() {
            @Override
            void onDeadline(long nowNanos) {
                fired.add(nowNanos);
            }
        };
        wheel.set(deadline, 3_000 * TICK + 1);

        for (long tick = 1; tick < 10_000; tick++) {
            wheel.advance(tick * TICK);
        }

        assertThat(fired).containsExactly(3_001 * TICK);
    }

    @Test
    void goesOnWhenOneFails() {
        Deadlines wheel = new Deadlines(0);
        List<String> fired = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            wheel.set(
                    new Deadlines.Deadline() {
                        @Override
                        void onDeadline(long nowNanos) {
                            fired.add("one");
                            throw new IllegalStateException("a deadline that fails, on purpose");
                        }
                    },
                    TICK);
        }

        wheel.advance(TICK);

        assertThat(fired).hasSize(3);
    }

    @Test
    void firesThousandsInOneSlotWithoutWalkingAlongTheOthers() {
        Deadlines wheel = new Deadlines(0);
        int[] fired = new int[1];
        for (int i = 0; i < 200_000; i++) {
            // Every other one is a round later, in the same slot: looked at, and left.
            wheel.set(
                    new Deadlines.Deadline() {
                        @Override
                        void onDeadline(long nowNanos) {
                            fired[0]++;
                        }
                    },
                    (i % 2 == 0 ? 10 : 10 + 1024) * TICK);
        }
        // Walking would take minutes.
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> wheel.advance(10 * TICK));

        assertThat(fired[0]).isEqualTo(100_000);
    }
}
