package io.hawser.cluster.harness;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The archive of a node's classes, made once for a build by {@code lb-node archive}: the tests start nodes by the dozen. */
final class ClassArchive {

    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private ClassArchive() {}

    /** The archive for this distribution, beside it. What the first process makes, the others use. */
    static Path of(Path distribution) throws IOException {
        Path directory = Files.createDirectories(distribution.resolveSibling("class-archive"));
        Path archive = directory.resolve("lb-node.jsa");
        try (FileChannel known = FileChannel.open(
                directory.resolve("made-for"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            // Closing the file gives it back.
            known.lock();
            ByteBuffer fingerprint = ByteBuffer.wrap(fingerprint(distribution));
            ByteBuffer before = ByteBuffer.allocate(fingerprint.capacity());
            known.read(before);
            if (!before.flip().equals(fingerprint) || !Files.exists(archive)) {
                make(distribution, directory);
                known.write(fingerprint, 0);
            }
        }
        return archive;
    }

    private static void make(Path distribution, Path directory) throws IOException {
        try (OsProcess made = OsProcess.start(
                "archive",
                List.of(distribution.resolve("bin/lb-node").toString(), "archive", "--to", directory.toString()),
                directory,
                Map.of("JAVA_HOME", System.getProperty("java.home")))) {
            if (made.awaitExit(TIMEOUT) != 0) {
                throw new AssertionError(made.evidence());
            }
        }
    }

    /** The builds' jars have all one date: only their bytes tell them apart. */
    private static byte[] fingerprint(Path distribution) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(System.getProperty("java.vm.version").getBytes(StandardCharsets.UTF_8));
            for (String jar : List.of("lb-node.jar", commonJar(distribution))) {
                digest.update(Files.readAllBytes(distribution.resolve("lib").resolve(jar)));
            }
            digest.update(Files.readAllBytes(distribution.resolve("bin/lb-node")));
            digest.update(distribution.toString().getBytes(StandardCharsets.UTF_8));
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    private static String commonJar(Path distribution) throws IOException {
        try (var jars = Files.list(distribution.resolve("lib"))) {
            return jars.map(jar -> String.valueOf(jar.getFileName()))
                    .filter(name -> name.startsWith("lb-common-"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
