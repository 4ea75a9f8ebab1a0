package io.hawser.node.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a client's connection would go now, and why. Nothing is changed by asking.
 *
 * @param listener the listener's id
 * @param pool the pool that its route leads to; null when none does, or the client is refused before
 * @param backend the backend that it would get; null when none
 * @param reason why that one: {@code affinity}, {@code balancer}, {@code moved}, {@code overflow}, {@code fail-open}; or
 *     why none, as {@code hawser_connection_errors_total} has it
 * @param steps what decided, one sentence each, in the order of the decisions
 */
public record Explanation(
        String listener, @Nullable String pool, @Nullable String backend, String reason, List<String> steps) {

    public Explanation {
        steps = List.copyOf(steps);
    }
}
