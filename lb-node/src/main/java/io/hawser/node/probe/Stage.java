package io.hawser.node.probe;

import java.time.Duration;

/** How far a probe has come; it says what a timeout or a close means to it. */
enum Stage {
    CONNECT("connect timed out after ", "before the connection was made"),
    HANDSHAKE("TLS handshake timed out after ", "during the TLS handshake"),
    ANSWER("no HTTP status line after ", "before the answer");

    private final String timedOut;
    private final String closed;

    Stage(String timedOut, String closed) {
        this.timedOut = timedOut;
        this.closed = closed;
    }

    String whenTimedOut(Duration timeout) {
        long millis = timeout.toMillis();
        return timedOut + (millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms");
    }

    String whenClosed(String how) {
        return how + " " + closed;
    }
}
