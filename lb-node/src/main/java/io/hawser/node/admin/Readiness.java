package io.hawser.node.admin;

import java.util.List;

/**
 * Whether the node can serve.
 *
 * @param ready whether it can
 * @param reasons why not, one sentence each; empty when it can
 * @param warnings what is wrong and does not keep it from serving, one sentence each
 */
public record Readiness(boolean ready, List<String> reasons, List<String> warnings) {

    public Readiness {
        warnings = List.copyOf(warnings);
        reasons = List.copyOf(reasons);
        if (ready != reasons.isEmpty()) {
            throw new IllegalArgumentException("a node is ready exactly when nothing speaks against it: " + reasons);
        }
    }

    /** Nothing speaks against it. */
    public static Readiness yes() {
        return yes(List.of());
    }

    /** Nothing speaks against it, although something is wrong. */
    public static Readiness yes(List<String> warnings) {
        return new Readiness(true, List.of(), warnings);
    }

    /** These reasons, at least one, speak against it. */
    public static Readiness no(List<String> reasons) {
        return new Readiness(false, reasons, List.of());
    }
}
