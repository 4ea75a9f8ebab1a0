package io.hawser.node.admin;

import io.hawser.node.file.FileProblem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The secret that whoever changes something has to show. Holds its digest only, and never prints it. */
public final class AdminToken {

    /** Fewer characters could be guessed. */
    static final int MIN_LENGTH = 16;

    private static final int MAX_FILE_BYTES = 4096;

    private final byte[] digest;

    private AdminToken(byte[] digest) {
        this.digest = digest;
    }

    /**
     * Reads the first line of a file.
     *
     * @throws IOException when the file can't be read or holds no good token; the message says what to do
     */
    public static AdminToken read(Path file) throws IOException {
        return of(firstLine(file), file.toString());
    }

    /**
     * The first line of a token file, without the spaces around it: what the Authorization header takes.
     *
     * @throws IOException when the file can't be read or is too large for a token; the message names it
     */
    public static String firstLine(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_FILE_BYTES + 1);
        } catch (IOException e) {
            throw new IOException("cannot read the token file " + file + ": " + FileProblem.of(e), e);
        }
        if (bytes.length > MAX_FILE_BYTES) {
            throw new IOException(file + " has more than " + MAX_FILE_BYTES + " bytes, so it is no token file;"
                    + " make one with: openssl rand -hex 32");
        }
        return new String(bytes, StandardCharsets.UTF_8)
                .lines()
                .findFirst()
                .orElse("")
                .strip();
    }

    private static AdminToken of(String token, String source) throws IOException {
        if (token.length() < MIN_LENGTH) {
            throw new IOException("the token in " + source + " has " + token.length()
                    + " characters and needs at least " + MIN_LENGTH + "; make one with: openssl rand -hex 32");
        }
        if (!token.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IOException("the token in " + source + " has spaces or characters beyond ASCII, which no HTTP"
                    + " header carries; make one with: openssl rand -hex 32");
        }
        return new AdminToken(digest(token));
    }

    /** Whether this is the token; takes the same time for every wrong one. */
    boolean matches(String shown) {
        return MessageDigest.isEqual(digest, digest(shown));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AdminToken token && MessageDigest.isEqual(digest, token.digest);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(digest);
    }

    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "AdminToken[hidden]";
    }
}
