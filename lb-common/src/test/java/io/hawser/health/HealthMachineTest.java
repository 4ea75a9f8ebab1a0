package io.hawser.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HealthMachineTest {

    private static final long EJECTION = 100;
    private static final HealthSettings PROBED = new HealthSettings(true, 2, 3, 2, EJECTION);
    private static final HealthSettings NOT_PROBED = new HealthSettings(false, 2, 3, 2, EJECTION);

    /**
     * Each row is a story: {@code +} a probe succeeds, {@code -} a probe fails, {@code x} a connect fails, {@code o} a
     * connect succeeds, {@code ~} half the time of an ejection passes, and a tick.
     */
    @ParameterizedTest
    @CsvSource({
        "'', UNKNOWN",
        "+, UP",
        "-, DOWN",
        "o, UNKNOWN",
        "x, UNKNOWN",
        "xx, EJECTED",
        "xox, UNKNOWN",
        "~~, UNKNOWN",
        // Up: three failures in a row take it down.
        "+--, UP",
        "+---, DOWN",
        "+--+--, UP",
        "+-~-~-, DOWN",
        "+--x-, DOWN",
        // Down: two successes in a row bring it up; connects say nothing.
        "-+, DOWN",
        "-++, UP",
        "-+-+, DOWN",
        "-oo, DOWN",
        "-xx, DOWN",
        "-xx++, UP",
        "-xx++x, UP",
        "-~~~~, DOWN",
        // Up: two failed connects in a row eject it, whatever the probes say in between.
        "+x, UP",
        "+xx, EJECTED",
        "+xox, UP",
        "+x+x, EJECTED",
        "+x-x, EJECTED",
        // Ejected: a success after the time brings it back, on trial.
        "+xx+, EJECTED",
        "+xx~+, EJECTED",
        "+xx~~, EJECTED",
        "+xx~~+, UP",
        "+xx~~o, EJECTED",
        "+xxx~~+, UP",
        "+xx~x~+, UP",
        "+xx--, EJECTED",
        "+xx---, DOWN",
        "+xx--+-, EJECTED",
        "+xx---++, UP",
        "+xx---++x, UP",
        // On trial: one failed connect ejects it again, for the whole time; one that succeeds ends the trial.
        "+xx~~+x, EJECTED",
        "+xx~~+x~+, EJECTED",
        "+xx~~+x~~+, UP",
        "+xx~~+ox, UP",
        "+xx~~+oxx, EJECTED",
        "+xx~~+---++x, UP",
    })
    void comesToItsVerdict(String story, Verdict verdict) {
        HealthMachine machine = new HealthMachine(PROBED);
        play(machine, story);
        assertThat(machine.verdict()).isEqualTo(verdict);
    }

    @ParameterizedTest
    @CsvSource({
        "'', UNKNOWN",
        "x, UNKNOWN",
        "xx, EJECTED",
        "xx~, EJECTED",
        "xx~~, UP",
        "xx~~x, EJECTED",
        "xx~~x~, EJECTED",
        "xx~~x~~, UP",
        "xx~~ox, UP",
        "~~~, UNKNOWN",
    })
    void comesToItsVerdictWhereNobodyProbes(String story, Verdict verdict) {
        HealthMachine machine = new HealthMachine(NOT_PROBED);
        play(machine, story);
        assertThat(machine.verdict()).isEqualTo(verdict);
    }

    @Test
    void ejectsNobodyWhenThatIsOff() {
        HealthMachine machine = new HealthMachine(new HealthSettings(true, 2, 3, 0, EJECTION));
        play(machine, "+xxxxxxxxxx");
        assertThat(machine.verdict()).isEqualTo(Verdict.UP);
    }

    @ParameterizedTest
    @CsvSource({
        "'', not probed yet, false",
        "+, the first probe succeeded, false",
        "-, the first probe failed: no answer, false",
        "+-, the first probe succeeded, true",
        "+-+, the first probe succeeded, false",
        "+---, 3 probes in a row failed: no answer, false",
        "-+, the first probe failed: no answer, true",
        "-++, 2 probes in a row succeeded, false",
        "+xx, 2 connects in a row failed: refused, true",
        "+xx~~+, a probe succeeded after the ejection, false",
        "+xx~~+x, the first connect since it was readmitted failed: refused, true",
        "+x, the first probe succeeded, false",
    })
    void saysWhyAndWhetherItWavers(String story, String reason, boolean wavers) {
        HealthMachine machine = new HealthMachine(PROBED);
        HealthTransition last = play(machine, story);
        assertThat(machine.reason()).isEqualTo(reason);
        assertThat(machine.wavers()).isEqualTo(wavers);
        if (last != null) {
            assertThat(last.to()).isEqualTo(machine.verdict());
            assertThat(last.reason()).isEqualTo(reason);
        }
    }

    @Test
    void tellsWhatChanged() {
        HealthMachine machine = new HealthMachine(PROBED);
        assertThat(machine.probeFailed("no answer"))
                .isEqualTo(new HealthTransition(Verdict.UNKNOWN, Verdict.DOWN, "the first probe failed: no answer"));
        assertThat(machine.probeFailed("no answer")).isNull();
        assertThat(machine.probeSucceeded(0)).isNull();
        assertThat(machine.probeSucceeded(0))
                .isEqualTo(new HealthTransition(Verdict.DOWN, Verdict.UP, "2 probes in a row succeeded"));
    }

    /** Who comes back starts slowly; who was never out doesn't. */
    @ParameterizedTest
    @CsvSource({
        "UNKNOWN, UP, false, false",
        "UNKNOWN, DOWN, false, true",
        "UNKNOWN, EJECTED, false, true",
        "UP, DOWN, false, true",
        "UP, EJECTED, false, true",
        "EJECTED, UP, true, false",
        "DOWN, UP, true, false",
        "DOWN, UNKNOWN, true, false",
        "EJECTED, DOWN, false, false",
    })
    void readmitsAndRemoves(Verdict from, Verdict to, boolean readmits, boolean removes) {
        HealthTransition transition = new HealthTransition(from, to, "");
        assertThat(transition.readmits()).isEqualTo(readmits);
        assertThat(transition.removes()).isEqualTo(removes);
    }

    @Test
    void keepsWhatItKnowsUnderOtherSettings() {
        HealthMachine machine = new HealthMachine(PROBED);
        play(machine, "+--");
        assertThat(machine.reconfigure(new HealthSettings(true, 2, 5, 2, EJECTION)))
                .isNull();
        play(machine, "-");
        assertThat(machine.verdict()).isEqualTo(Verdict.UP);
        assertThat(machine.reconfigure(new HealthSettings(true, 2, 1, 2, EJECTION)))
                .isNull();
        play(machine, "-");
        assertThat(machine.verdict()).isEqualTo(Verdict.DOWN);
        assertThat(machine.reason()).isEqualTo("4 probes in a row failed: no answer");
    }

    @Test
    void isNotDownOnceNobodyProbesAnyMore() {
        HealthMachine machine = new HealthMachine(PROBED);
        play(machine, "-");
        HealthTransition change = machine.reconfigure(NOT_PROBED);
        assertThat(change).isNotNull();
        assertThat(change.to()).isEqualTo(Verdict.UNKNOWN);
        assertThat(change.reason()).isEqualTo("it isn't probed any more");
        play(machine, "xx~~");
        assertThat(machine.verdict()).isEqualTo(Verdict.UP);
    }

    @Test
    void isNotEjectedOnceNobodyIsAnyMore() {
        HealthMachine machine = new HealthMachine(PROBED);
        play(machine, "+xx");
        assertThat(machine.reconfigure(PROBED)).isNull();
        HealthTransition change = machine.reconfigure(new HealthSettings(true, 2, 3, 0, EJECTION));
        assertThat(change).isNotNull();
        assertThat(change.to()).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void refusesSettingsThatMeanNothing() {
        assertThatThrownBy(() -> new HealthSettings(true, 0, 1, 0, 0)).hasMessageContaining("rise 0");
        assertThatThrownBy(() -> new HealthSettings(true, 1, 0, 0, 0)).hasMessageContaining("fall 0");
        assertThatThrownBy(() -> new HealthSettings(true, 1, 1, -1, 0)).hasMessageContaining("-1");
        assertThatThrownBy(() -> new HealthSettings(true, 1, 1, 0, -1)).hasMessageContaining("-1 ns");
    }

    @Test
    void countsAsUpUntilSomethingSpeaksAgainstIt() {
        assertThat(Verdict.UNKNOWN.up()).isTrue();
        assertThat(Verdict.UP.up()).isTrue();
        assertThat(Verdict.DOWN.up()).isFalse();
        assertThat(Verdict.EJECTED.up()).isFalse();
        assertThat(Verdict.values()).extracting(Verdict::label).containsExactly("unknown", "up", "down", "ejected");
    }

    /** Says of a whole history what the verdict must be, from the rules' text, looking back each time. */
    private static final class Model {

        private final HealthSettings settings;
        private String history = "";
        final List<Long> cameUp = new ArrayList<>();
        private Verdict verdict = Verdict.UNKNOWN;
        private boolean onTrial;
        private long ejectedAt;

        Model(HealthSettings settings) {
            this.settings = settings;
        }

        void happened(char event, long now) {
            history += event;
            String probes = history.replaceAll("[^-+]", "");
            String connects = history.replaceAll("[^xo]", "");
            boolean timeIsOver = now - ejectedAt >= settings.ejectNanos();
            if (verdict == Verdict.UNKNOWN && event == '+') {
                become(Verdict.UP);
            } else if (verdict == Verdict.UNKNOWN && event == '-') {
                become(Verdict.DOWN);
            } else if (verdict == Verdict.DOWN && event == '+' && probes.endsWith("+".repeat(rise(now)))) {
                become(Verdict.UP);
                cameUp.add(now);
            } else if (verdict != Verdict.DOWN && event == '-' && probes.endsWith("-".repeat(settings.fall()))) {
                become(Verdict.DOWN);
            } else if (verdict == Verdict.EJECTED && timeIsOver && event == (settings.probed() ? '+' : 't')) {
                become(Verdict.UP);
                onTrial = true;
            } else if (verdict.up() && event == 'x' && settings.ejectAfterFailures() > 0) {
                if (onTrial || connects.endsWith("x".repeat(settings.ejectAfterFailures()))) {
                    become(Verdict.EJECTED);
                    ejectedAt = now;
                }
            } else if (verdict.up() && event == 'o') {
                onTrial = false;
            }
        }

        /** Twice within five minutes it comes up as configured; each time more takes twice as many. */
        private int rise(long now) {
            long lately = cameUp.stream()
                    .filter(then -> now - then < 300_000_000_000L)
                    .count();
            return settings.rise() << (int) Math.min(4, Math.max(0, lately - 1));
        }

        /** Rows are counted anew after each change. */
        private void become(Verdict next) {
            verdict = next;
            history = "";
            onTrial = false;
        }
    }

    @Test
    void comesToTheVerdictOfTheRulesWhateverHappens() {
        Seeds.rounds(1000, random -> {
            boolean probed = random.nextInt(3) > 0;
            HealthSettings settings = new HealthSettings(
                    probed, random.nextInt(1, 4), random.nextInt(1, 4), random.nextInt(4), random.nextInt(50));
            HealthMachine machine = new HealthMachine(settings);
            Model model = new Model(settings);
            long now = random.nextLong();
            StringBuilder story = new StringBuilder();
            for (int i = 0; i < 200; i++) {
                now += random.nextInt(40) == 0 ? random.nextLong(200_000_000_000L) : random.nextInt(15);
                char event = event(random, probed);
                story.append(event);
                Verdict before = machine.verdict();
                HealthTransition change = happen(machine, event, now);
                model.happened(event, now);
                assertThat(machine.verdict()).as("%s after %s", settings, story).isEqualTo(model.verdict);
                assertThat(change == null).isEqualTo(machine.verdict() == before);
            }
        });
    }

    /** However badly it behaves, it comes up only so often; and once it does well, it comes up. */
    @Test
    void whatFlapsIsHeldBackAndNeverForLong() {
        Seeds.rounds(200, random -> {
            HealthSettings settings = new HealthSettings(true, random.nextInt(1, 4), random.nextInt(1, 4), 0, 0);
            HealthMachine machine = new HealthMachine(settings);
            long now = random.nextLong();
            long probes = 0;
            int cameUp = 0;
            // A probe a second for five minutes: down as soon as it can be, then up as soon as it can be.
            machine.probeFailed("no answer");
            while (probes < 300) {
                boolean up = machine.verdict() == Verdict.UP;
                now += 1_000_000_000;
                probes++;
                HealthTransition change = up ? machine.probeFailed("no answer") : machine.probeSucceeded(now);
                cameUp += change != null && change.to() == Verdict.UP ? 1 : 0;
            }
            int rows = settings.rise() * (1 + 1 + 2 + 4 + 8);
            assertThat(cameUp).isLessThanOrEqualTo(6 + (300 - rows) / (16 * settings.rise()));
            assertThat(machine.rise(now)).isLessThanOrEqualTo(16 * settings.rise());
            while (machine.verdict() == Verdict.UP) {
                machine.probeFailed("no answer");
            }
            for (int i = 0; i < 16 * settings.rise() && machine.verdict() == Verdict.DOWN; i++) {
                machine.probeSucceeded(now);
            }
            assertThat(machine.verdict()).isEqualTo(Verdict.UP);
            assertThat(machine.rise(now + 300_000_000_000L))
                    .as("five quiet minutes later")
                    .isEqualTo(settings.rise());
        });
    }

    private static char event(Random random, boolean probed) {
        String events = probed ? "+-xot" : "xxot";
        return events.charAt(random.nextInt(events.length()));
    }

    /** Plays a story and returns its last change. */
    private static @Nullable HealthTransition play(HealthMachine machine, String story) {
        HealthTransition last = null;
        // Clocks wrap around, and begin anywhere.
        long now = Long.MAX_VALUE - EJECTION / 2;
        for (int i = 0; i < story.length(); i++) {
            char event = story.charAt(i);
            now += event == '~' ? EJECTION / 2 : 0;
            HealthTransition change = happen(machine, event, now);
            last = change == null ? last : change;
        }
        return last;
    }

    private static @Nullable HealthTransition happen(HealthMachine machine, char event, long now) {
        return switch (event) {
            case '+' -> machine.probeSucceeded(now);
            case '-' -> machine.probeFailed("no answer");
            case 'x' -> machine.connectFailed(now, "refused");
            case 'o' -> {
                machine.connectSucceeded();
                yield null;
            }
            default -> machine.tick(now);
        };
    }
}
