package io.hawser.pool;

import org.jspecify.annotations.Nullable;

/**
 * What an operator has set of a backend.
 *
 * @param state what it may take
 * @param weight in place of the configured one, 0 to {@value #MAX_WEIGHT}; null when that holds
 */
public record OperatorSetting(OperatorState state, @Nullable Integer weight) {

    /** The greatest weight. */
    public static final int MAX_WEIGHT = 1000;

    /** What holds where no operator has set anything. */
    public static final OperatorSetting NONE = new OperatorSetting(OperatorState.READY, null);

    public OperatorSetting {
        if (weight != null && (weight < 0 || weight > MAX_WEIGHT)) {
            throw new IllegalArgumentException("the weight " + weight + " is not between 0 and " + MAX_WEIGHT);
        }
    }

    /** The same with another state. */
    public OperatorSetting withState(OperatorState next) {
        return new OperatorSetting(next, weight);
    }

    /** The same with another weight; null for the configured one. */
    public OperatorSetting withWeight(@Nullable Integer next) {
        return new OperatorSetting(state, next);
    }
}
