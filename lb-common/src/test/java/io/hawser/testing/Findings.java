package io.hawser.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The inputs that searches of a fuzz test found to break something once, so that every build tries them again. */
public final class Findings {

    private Findings() {}

    /** What is in the folder {@code <TheTest>Inputs} beside the test, where Jazzer puts it, and in its folders. */
    public static List<byte[]> of(Class<?> fuzzTest) {
        String folder = fuzzTest.getSimpleName() + "Inputs";
        URL found = fuzzTest.getResource(folder);
        if (found == null) {
            throw new IllegalStateException("no resource " + folder + " beside " + fuzzTest);
        }
        try (Stream<Path> files = Files.walk(Path.of(found.toURI()))) {
            return files.filter(Files::isRegularFile)
                    .sorted()
                    .map(Findings::bytes)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
