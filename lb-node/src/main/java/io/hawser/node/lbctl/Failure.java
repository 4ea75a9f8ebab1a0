package io.hawser.node.lbctl;

import java.util.List;
import java.util.stream.Stream;

/** A command could not do what it was asked for: becomes lines on standard error, and exit code 1. */
public final class Failure extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<String> details;

    /**
     * Makes it.
     *
     * @param message what went wrong and what to do
     * @param details more, one line each
     */
    Failure(String message, List<String> details) {
        super(message);
        this.details = List.copyOf(details);
    }

    Failure(String message) {
        this(message, List.of());
    }

    /** What is printed. */
    List<String> lines() {
        return Stream.concat(
                        Stream.of("lbctl: " + getMessage()), details.stream().map(detail -> "  " + detail))
                .map(Printable::of)
                .toList();
    }
}
