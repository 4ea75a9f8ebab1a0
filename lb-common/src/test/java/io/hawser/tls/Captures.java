package io.hawser.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The hellos of real clients that stand beside this package; their README.md says how they came to be. */
final class Captures {

    private static final String SUFFIX = ".bin";

    private Captures() {}

    /** In alphabetical order. */
    static List<String> names() {
        try (Stream<Path> files = Files.list(folder())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(SUFFIX))
                    .map(file -> file.substring(0, file.length() - SUFFIX.length()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the client sent, record headers included. */
    static byte[] wire(String name) {
        try {
            return Files.readAllBytes(folder().resolve(name + SUFFIX));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The handshake message alone: every client put it into one record. */
    static byte[] message(String name) {
        byte[] wire = wire(name);
        assertThat(((wire[3] & 0xff) << 8) | (wire[4] & 0xff)).isEqualTo(wire.length - 5);
        return Arrays.copyOfRange(wire, 5, wire.length);
    }

    static List<byte[]> all() {
        return names().stream().map(Captures::wire).toList();
    }

    private static Path folder() {
        try {
            return Path.of(Captures.class.getResource("hellos").toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
