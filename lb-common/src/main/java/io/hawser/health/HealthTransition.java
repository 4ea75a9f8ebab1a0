package io.hawser.health;

/**
 * A change of verdict.
 *
 * @param from the verdict before
 * @param to the verdict now, another one
 * @param reason why, for people: {@code 3 probes in a row failed: connect timed out after 1s}
 */
public record HealthTransition(Verdict from, Verdict to, String reason) {

    /** Whether the backend comes back after it had been taken out: then it may have to start slowly. */
    public boolean readmits() {
        return !from.up() && to.up();
    }

    /** Whether the backend goes out. */
    public boolean removes() {
        return from.up() && !to.up();
    }
}
