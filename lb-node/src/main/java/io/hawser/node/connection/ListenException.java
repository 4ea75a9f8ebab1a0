package io.hawser.node.connection;

/** Says what could not be listened on, why, and what to do. */
public final class ListenException extends Exception {

    private static final long serialVersionUID = 1L;

    ListenException(String message, Throwable cause) {
        super(message, cause);
    }
}
