package io.hawser.health;

/**
 * How many results change a verdict.
 *
 * @param probed whether anybody probes; if not, only failed connects count
 * @param rise probes in a row that must succeed to bring a backend up, 1 or more
 * @param fall probes in a row that must fail to take a backend down, 1 or more
 * @param ejectAfterFailures failed connects in a row that eject a backend; 0: none do
 * @param ejectNanos how long an ejection lasts at least, 0 or more
 */
public record HealthSettings(boolean probed, int rise, int fall, int ejectAfterFailures, long ejectNanos) {

    public HealthSettings {
        if (rise < 1 || fall < 1) {
            throw new IllegalArgumentException("rise " + rise + " and fall " + fall + " must both be 1 or more");
        }
        if (ejectAfterFailures < 0 || ejectNanos < 0) {
            throw new IllegalArgumentException("eject-after-failures " + ejectAfterFailures + " and the time of "
                    + ejectNanos + " ns must not be negative");
        }
    }
}
