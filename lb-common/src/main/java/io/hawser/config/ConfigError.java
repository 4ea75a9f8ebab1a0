package io.hawser.config;

/**
 * One mistake in a configuration file.
 *
 * @param file the file's name as the operator gave it
 * @param line from 1
 * @param column from 1, in Unicode code points
 * @param keyPath such as {@code pools[0].balance}; empty where the mistake is in the YAML itself
 * @param message what is wrong and what would be valid
 */
public record ConfigError(String file, int line, int column, String keyPath, String message) {

    /** The mistake on one line, as compilers print it. */
    @Override
    public String toString() {
        String place = file + ":" + line + ":" + column + ": ";
        return keyPath.isEmpty() ? place + message : place + keyPath + ": " + message;
    }
}
