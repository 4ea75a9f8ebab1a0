package io.hawser.node.file;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Says why a file can't be had: what Java says of it is often its name and no more. */
public final class FileProblem {

    private FileProblem() {}

    /** What is wrong, as the end of a sentence that has named the file. */
    public static String of(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "user " + System.getProperty("user.name") + " has no permission";
        }
        if (e instanceof CharacterCodingException) {
            return "it is not text in UTF-8";
        }
        if (e instanceof FileSystemException problem && problem.getReason() != null) {
            return problem.getReason();
        }
        String message = e.getMessage();
        if ("Is a directory".equals(message)) {
            return "it is a directory";
        }
        return message == null ? e.toString() : message;
    }
}
