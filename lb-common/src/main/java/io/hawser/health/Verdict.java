package io.hawser.health;

/** How a backend stands. */
public enum Verdict {
    /** Nothing is known yet; it counts as up. */
    UNKNOWN("unknown", true),
    UP("up", true),
    /** The probes say so. */
    DOWN("down", false),
    /** Connections to it failed, whatever the probes say. */
    EJECTED("ejected", false);

    private final String label;
    private final boolean up;

    Verdict(String label, boolean up) {
        this.label = label;
        this.up = up;
    }

    /** The verdict as logs, the API and lbctl write it. */
    public String label() {
        return label;
    }

    /** Whether it gets connections. */
    public boolean up() {
        return up;
    }
}
