package io.hawser.node.demo;

/** One request of a client, on a connection of its own, and what came of it. Times are System.nanoTime's. */
sealed interface Visit {

    /** When it began to connect. */
    long begun();

    /**
     * It was answered.
     *
     * @param backend who answered
     * @param resumed whether the backend resumed the session: an abbreviated handshake
     */
    record Answered(long begun, String backend, boolean resumed) implements Visit {}

    /** Nobody took the connection; of the session nothing was sent. */
    record Refused(long begun) implements Visit {}

    /** The connection broke before the answer. A TLS client forgets its session then. */
    record Broken(long begun) implements Visit {}
}
