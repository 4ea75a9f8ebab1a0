package io.hawser.node.admin;

import java.util.List;

/**
 * Whether the node can serve.
 *
 * @param ready whether it can
 * @param reasons why not, one sentence each; empty when it can
 */
public record Readiness(boolean ready, List<String> reasons) {

    public Readiness {
        reasons = List.copyOf(reasons);
        if (ready != reasons.isEmpty()) {
            throw new IllegalArgumentException("a node is ready exactly when nothing speaks against it: " + reasons);
        }
    }

    /** Nothing speaks against it. */
    public static Readiness yes() {
        return new Readiness(true, List.of());
    }

    /** These reasons, at least one, speak against it. */
    public static Readiness no(List<String> reasons) {
        return new Readiness(false, reasons);
    }
}
