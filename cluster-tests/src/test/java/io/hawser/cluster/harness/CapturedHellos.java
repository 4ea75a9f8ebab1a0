package io.hawser.cluster.harness;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The ClientHellos of real clients that lb-common keeps as test data. */
public final class CapturedHellos {

    private static final String DIRECTORY = "io/hawser/tls/hellos/";
    private static final String ONE = DIRECTORY + "openssl-tls13-1.bin";

    private CapturedHellos() {}

    /** All of them, each as it was on the wire, in the order of their names. */
    public static List<byte[]> all() throws IOException {
        URL resource = Objects.requireNonNull(
                CapturedHellos.class.getClassLoader().getResource(ONE), "no captured hellos on the class path");
        try {
            URI uri = resource.toURI();
            if (!uri.getScheme().equals("jar")) {
                return read(Path.of(uri).resolveSibling("."));
            }
            try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
                return read(jar.getPath(DIRECTORY));
            }
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private static List<byte[]> read(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<byte[]> hellos = new ArrayList<>();
            for (Path file : files.filter(name -> name.toString().endsWith(".bin"))
                    .sorted()
                    .toList()) {
                hellos.add(Files.readAllBytes(file));
            }
            return hellos;
        }
    }
}
