package io.hawser.node.command;

import io.hawser.config.ConfigReader;
import io.hawser.config.ConfigResult;
import io.hawser.config.Defaults;
import io.hawser.config.HawserConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads the configuration that a command line names, and prints what is wrong with it. */
final class ConfigFile {

    private ConfigFile() {}

    /** The configuration, or null after every mistake was printed. */
    static @Nullable HawserConfig read(Path file, Defaults defaults, PrintWriter err) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            err.println("cannot read " + file + ": " + e);
            return null;
        }
        ConfigResult result = ConfigReader.read(file.toString(), text, defaults);
        if (result instanceof ConfigResult.Invalid invalid) {
            invalid.errors().forEach(err::println);
            return null;
        }
        return ((ConfigResult.Valid) result).config();
    }

    /** What this machine answers for keys that are left out. */
    static Defaults defaults() {
        try {
            return new Defaults(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException e) {
            return new Defaults("localhost");
        }
    }
}
