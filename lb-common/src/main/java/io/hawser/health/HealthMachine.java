package io.hawser.health;

import org.jspecify.annotations.Nullable;

/**
 * Turns one backend's probe results and failed connects into a verdict.
 *
 * <pre>
 *   UNKNOWN --first probe succeeds--> UP          UNKNOWN --first probe fails--> DOWN
 *   UP --fall probes in a row fail--> DOWN        DOWN --rise probes in a row succeed--> UP
 *   UNKNOWN, UP --connects in a row fail--> EJECTED
 *   EJECTED --time is over, and a probe succeeds, or nobody probes--> UP
 *   EJECTED --fall probes in a row fail--> DOWN
 * </pre>
 *
 * <p>The first probe decides alone, as HAProxy has it: it is all that is known, and waiting for more of them would send
 * the first clients after a start to a backend that is most likely dead. An ejected backend comes back on trial: one
 * failed connect ejects it again, until one has succeeded. One that has come up twice within five minutes needs twice as many
 * probes for the next time, then four times as many, up to sixteen times.
 *
 * <p>A failed connect says nothing about a backend that is out already, and a successful one doesn't bring it back: only
 * probes or time do. Not safe for several threads: its owner brings all results to one.
 */
public final class HealthMachine {

    private final Flapping flapping = new Flapping();
    private HealthSettings settings;
    private Verdict verdict = Verdict.UNKNOWN;
    private String reason = "not probed yet";
    /** Probes in a row that speak against the verdict: failures while up or ejected, successes while down. */
    private int contrary;

    private int failedConnects;
    private boolean onTrial;
    private long ejectedAtNanos;

    public HealthMachine(HealthSettings settings) {
        this.settings = settings;
    }

    public Verdict verdict() {
        return verdict;
    }

    /** Why the verdict is as it is, for people. */
    public String reason() {
        return reason;
    }

    /** Whether results speak against the verdict, so that the next one is wanted soon. */
    public boolean wavers() {
        return contrary > 0 || verdict == Verdict.EJECTED;
    }

    /**
     * A probe succeeded.
     *
     * @param nowNanos on any monotonic clock, always the same
     * @return the change, or null when there is none
     */
    public @Nullable HealthTransition probeSucceeded(long nowNanos) {
        if (verdict == Verdict.UNKNOWN) {
            return change(Verdict.UP, "the first probe succeeded");
        }
        if (verdict != Verdict.DOWN) {
            contrary = 0;
            return verdict == Verdict.EJECTED && ejectionIsOver(nowNanos)
                    ? readmit("a probe succeeded after the ejection")
                    : null;
        }
        contrary++;
        if (contrary < rise(nowNanos)) {
            return null;
        }
        flapping.cameBack(nowNanos);
        return change(Verdict.UP, contrary + " probes in a row succeeded");
    }

    /** How many probes in a row bring the backend up when it is down: more than configured while it flaps. */
    public int rise(long nowNanos) {
        return flapping.rise(settings.rise(), nowNanos);
    }

    /**
     * A probe failed.
     *
     * @param why for people: {@code connect timed out after 1s}
     * @return the change, or null when there is none
     */
    public @Nullable HealthTransition probeFailed(String why) {
        if (verdict == Verdict.DOWN) {
            contrary = 0;
            return null;
        }
        if (verdict == Verdict.UNKNOWN) {
            return change(Verdict.DOWN, "the first probe failed: " + why);
        }
        contrary++;
        return contrary < settings.fall() ? null : change(Verdict.DOWN, contrary + " probes in a row failed: " + why);
    }

    /**
     * A client's connection could not be opened.
     *
     * @param nowNanos on the same clock as everywhere
     * @param why for people: {@code connection refused}
     * @return the change, or null when there is none
     */
    public @Nullable HealthTransition connectFailed(long nowNanos, String why) {
        if (!verdict.up() || settings.ejectAfterFailures() == 0) {
            return null;
        }
        failedConnects++;
        if (onTrial) {
            ejectedAtNanos = nowNanos;
            return change(Verdict.EJECTED, "the first connect since it was readmitted failed: " + why);
        }
        if (failedConnects < settings.ejectAfterFailures()) {
            return null;
        }
        ejectedAtNanos = nowNanos;
        return change(Verdict.EJECTED, failedConnects + " connects in a row failed: " + why);
    }

    /** A client's connection was opened. */
    public void connectSucceeded() {
        if (verdict.up()) {
            failedConnects = 0;
            onTrial = false;
        }
    }

    /**
     * Time has passed: ends an ejection where nobody probes. Harmless to call at any time.
     *
     * @return the change, or null when there is none
     */
    public @Nullable HealthTransition tick(long nowNanos) {
        return verdict == Verdict.EJECTED && !settings.probed() && ejectionIsOver(nowNanos)
                ? readmit("the time of the ejection is over")
                : null;
    }

    /**
     * Other settings hold from now on; what is known stays. A backend that nobody probes any more isn't down any more.
     *
     * @return the change, or null when there is none
     */
    public @Nullable HealthTransition reconfigure(HealthSettings settings) {
        this.settings = settings;
        if (!settings.probed() && verdict == Verdict.DOWN) {
            return change(Verdict.UNKNOWN, "it isn't probed any more");
        }
        if (settings.ejectAfterFailures() == 0 && verdict == Verdict.EJECTED) {
            return change(Verdict.UNKNOWN, "failed connects don't eject any more");
        }
        return null;
    }

    private boolean ejectionIsOver(long nowNanos) {
        return nowNanos - ejectedAtNanos >= settings.ejectNanos();
    }

    private HealthTransition readmit(String why) {
        HealthTransition transition = change(Verdict.UP, why);
        onTrial = true;
        return transition;
    }

    private HealthTransition change(Verdict to, String why) {
        HealthTransition transition = new HealthTransition(verdict, to, why);
        verdict = to;
        reason = why;
        contrary = 0;
        failedConnects = 0;
        onTrial = false;
        return transition;
    }
}
