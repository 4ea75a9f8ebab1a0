package io.hawser.node.connection;

import io.hawser.selection.Selection;

/** How a connection ended: by whom, and in which phase. The label stands in the access log and in metrics. */
enum Ending {
    /** Both sides finished. */
    DONE("done", false),
    CLIENT_RESET("client-reset", false),
    BACKEND_RESET("backend-reset", false),
    IDLE("idle-timeout", false),
    /** Still open when the drain timeout was over. */
    DRAINED("drain-timeout", false),

    NODE_LIMIT("node-limit", true),
    LISTENER_LIMIT("listener-limit", true),
    CLIENT_LIMIT("client-limit", true),
    CLIENT_RATE("client-rate", true),
    DENIED("denied", true),
    PROXY_HEADER_MALFORMED("proxy-header-malformed", true),
    PROXY_HEADER_NOT_ALLOWED("proxy-header-not-allowed", true),
    PROXY_HEADER_TIMEOUT("proxy-header-timeout", true),

    /** The client went away before its hello was whole. */
    HELLO_INCOMPLETE("hello-incomplete", true),
    HELLO_TIMEOUT("hello-timeout", true),
    HELLO_TOO_LARGE("hello-too-large", true),
    HELLO_MALFORMED("hello-malformed", true),
    NOT_TLS("not-tls", true),
    NO_ROUTE("no-route", true),

    NO_BACKEND("no-backend", true),
    POOL_FULL("pool-full", true),
    CONNECT_FAILED("connect-failed", true),
    /** The process may open no more files, so no backend can be connected. */
    NO_DESCRIPTOR("no-descriptor", true),
    /** The client went away while the backend was being connected. */
    CLIENT_GONE("client-gone", true),
    /** A defect of ours; the log has it. */
    INTERNAL("internal", true);

    private final String label;
    private final boolean error;

    Ending(String label, boolean error) {
        this.label = label;
        this.error = error;
    }

    String label() {
        return label;
    }

    /** Why no backend took a connection. */
    static Ending of(Selection.Cause cause) {
        return switch (cause) {
            case NO_BACKEND -> NO_BACKEND;
            case POOL_FULL -> POOL_FULL;
            case ALL_TRIED -> CONNECT_FAILED;
        };
    }

    /** Who ended it, for the access log. */
    String by() {
        return switch (this) {
            case DONE, CLIENT_RESET, CLIENT_GONE, HELLO_INCOMPLETE -> "client";
            case BACKEND_RESET -> "backend";
            default -> "node";
        };
    }

    /** Whether a client that is refused so gets a reset: it is told at once and leaves nothing behind here. */
    boolean resets() {
        return this != NOT_TLS && this != HELLO_TIMEOUT && this != HELLO_INCOMPLETE;
    }

    /** Whether the client was refused or failed to be served; counted in hawser_connection_errors_total. */
    boolean isError() {
        return error;
    }
}
