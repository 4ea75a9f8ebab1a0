package io.hawser.config;

import java.util.List;

/** What became of reading a configuration file. */
public sealed interface ConfigResult {

    /** Nothing is wrong with it. */
    record Valid(HawserConfig config) implements ConfigResult {}

    /**
     * Something is wrong with it, and none of it may be used.
     *
     * @param errors every mistake found, at least one, in the order of their places
     */
    record Invalid(List<ConfigError> errors) implements ConfigResult {

        public Invalid {
            errors = List.copyOf(errors);
        }
    }
}
