package io.hawser.node.demo;

import org.jspecify.annotations.Nullable;

/** One client's session: where it lives, and whether it was always found there. Pure; one thread at a time. */
final class SessionStory {

    /** What an answer meant for the session. */
    enum Turn {
        /** Its first. */
        BEGUN,
        /** The backend that it lives on, as it should be. */
        KEPT,
        /** Likewise, but the session was not resumed: a full handshake. */
        NOT_RESUMED,
        /** Another backend than it lives on. */
        MOVED,
        /** The client had to forget its session since a connection broke, and has another one now. */
        BEGUN_ANEW
    }

    private final boolean resumes;
    private @Nullable String home;
    private boolean forgotten;
    private boolean moved;

    SessionStory(SessionKind kind) {
        this.resumes = kind.resumes();
    }

    /**
     * A connection broke in the middle. A client that has offered its session there has it no more: TLS 1.2 says so of
     * connections that end without an alert of closure, and tickets of TLS 1.3 are used once (RFC 8446, appendix C.4).
     */
    void broken() {
        forgotten = resumes;
    }

    Turn answered(String backend, boolean resumed) {
        boolean anew = forgotten && !resumed;
        forgotten = false;
        if (home == null) {
            home = backend;
            return Turn.BEGUN;
        }
        if (anew) {
            home = backend;
            return Turn.BEGUN_ANEW;
        }
        if (!home.equals(backend)) {
            home = backend;
            moved = true;
            return Turn.MOVED;
        }
        return resumes && !resumed ? Turn.NOT_RESUMED : Turn.KEPT;
    }

    /** The backend that it lives on; null before the first answer. */
    @Nullable String home() {
        return home;
    }

    /** Whether it ever changed its backend. */
    boolean moved() {
        return moved;
    }
}
