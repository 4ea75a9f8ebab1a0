package io.hawser.node.demo;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where one demonstration writes. It is held by a lock on a file in it, which the kernel takes away with the process: the
 * next demonstration deletes what others of the same user have left that were killed.
 */
final class DemoDirectory implements AutoCloseable {

    private static final String PREFIX = "hawser-demo";
    private static final String LOCK = "running";

    private final Path path;
    private final FileChannel channel;
    private boolean kept;

    private DemoDirectory(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Makes one, and clears away what the dead have left.
     *
     * @param parent the directory for temporary files
     */
    static DemoDirectory create(Path parent) throws IOException {
        Path path = Files.createTempDirectory(parent, PREFIX);
        FileChannel channel = FileChannel.open(
                path.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        channel.lock();
        removeForgotten(parent, path);
        return new DemoDirectory(path, channel);
    }

    private static void removeForgotten(Path parent, Path own) throws IOException {
        try (DirectoryStream<Path> others = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path other : others) {
                if (!other.equals(own) && isForgotten(other, own)) {
                    delete(other);
                }
            }
        }
    }

    private static boolean isForgotten(Path directory, Path own) {
        Path file = directory.resolve(LOCK);
        try {
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                    || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    || !Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(own))) {
                return false;
            }
            try (FileChannel there = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                    @Nullable FileLock lock = there.tryLock()) {
                return lock != null;
            }
        } catch (IOException e) {
            // Gone meanwhile, or not ours.
            return false;
        }
    }

    Path path() {
        return path;
    }

    /** Leaves it for a look, for as long as the user likes. */
    void keep() {
        kept = true;
    }

    @Override
    public void close() throws IOException {
        if (kept) {
            Files.deleteIfExists(path.resolve(LOCK));
        } else {
            delete(path);
        }
        channel.close();
    }

    private static void delete(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(directory)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : all) {
            Files.deleteIfExists(file);
        }
    }
}
