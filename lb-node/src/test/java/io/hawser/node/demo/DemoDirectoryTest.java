package io.hawser.node.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoDirectoryTest {

    @TempDir
    private Path parent = Path.of("");

    @Test
    void nothingIsLeft() throws IOException {
        try (DemoDirectory directory = DemoDirectory.create(parent)) {
            Files.writeString(directory.path().resolve("lb1.log"), "said\n");
        }
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void whatIsKeptIsStillThereAfterTheNext() throws IOException {
        Path kept;
        try (DemoDirectory directory = DemoDirectory.create(parent)) {
            kept = Files.writeString(directory.path().resolve("lb1.log"), "said\n");
            directory.keep();
        }
        DemoDirectory.create(parent).close();
        assertThat(kept).exists();
    }

    @Test
    void whatTheKilledHaveLeftGoes() throws IOException {
        Path dead = Files.createDirectories(parent.resolve("hawser-demo1/zookeeper"));
        Files.createFile(dead.resolveSibling("running"));
        Path strange = Files.createDirectory(parent.resolve("hawser-demo2"));
        DemoDirectory.create(parent).close();
        assertThat(dead.getParent()).doesNotExist();
        assertThat(strange).exists();
    }
}
