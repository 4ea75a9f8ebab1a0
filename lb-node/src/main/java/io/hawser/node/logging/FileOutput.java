package io.hawser.node.logging;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Lines to the end of a file, which is made when it is not there. */
final class FileOutput implements LineOutput {

    private final Path file;
    private @Nullable OutputStream stream;

    FileOutput(Path file) throws IOException {
        this.file = file;
        this.stream = open();
    }

    private OutputStream open() throws IOException {
        return Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Override
    public void write(byte[] lines) throws IOException {
        OutputStream open = stream;
        if (open == null) {
            open = open();
            stream = open;
        }
        open.write(lines);
    }

    @Override
    public void reopen() throws IOException {
        close();
        stream = open();
    }

    @Override
    public void close() throws IOException {
        OutputStream open = stream;
        stream = null;
        if (open != null) {
            open.close();
        }
    }
}
