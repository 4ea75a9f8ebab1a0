package io.hawser.node;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Which build this is.
 *
 * @param version the project's version
 * @param revision the commit, 12 hex digits, with {@code -dirty} when the tree had changes; {@code unknown} when it was
 *     built outside a repository
 */
public record BuildInfo(String version, String revision) {

    /** Reads what the build left beside this class. */
    public static BuildInfo load() {
        return new BuildInfo(
                load("version.properties").getProperty("version", "unknown"),
                load("revision.properties").getProperty("revision", "unknown"));
    }

    private static Properties load(String name) {
        Properties properties = new Properties();
        try (InputStream in = BuildInfo.class.getResourceAsStream(name)) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name + " of this build", e);
        }
        return properties;
    }
}
