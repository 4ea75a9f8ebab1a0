package io.hawser.node.coordination.zookeeper;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Who the nodes are to ZooKeeper: a user and a password of its digest scheme, the same for all of them. */
public final class Credentials {

    private static final int MAX_FILE_BYTES = 4096;

    private final String userAndPassword;

    private Credentials(String userAndPassword) {
        this.userAndPassword = userAndPassword;
    }

    /**
     * Reads the first line of a file.
     *
     * @throws IOException when the file can't be read or its first line is not {@code user:password}; the message says
     *     what to do, and nothing of what is in it
     */
    public static Credentials read(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_FILE_BYTES);
        }
        String line = new String(bytes, StandardCharsets.UTF_8)
                .lines()
                .findFirst()
                .orElse("")
                .strip();
        int colon = line.indexOf(':');
        if (colon <= 0 || colon == line.length() - 1) {
            throw new IOException("the first line of " + file
                    + " is not user:password; make one with: echo \"hawser:$(openssl rand -hex 32)\"");
        }
        return new Credentials(line);
    }

    byte[] bytes() {
        return userAndPassword.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "Credentials[hidden]";
    }
}
