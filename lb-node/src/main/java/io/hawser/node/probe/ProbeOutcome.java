package io.hawser.node.probe;

import java.time.Duration;

/** What one probe found out. */
public sealed interface ProbeOutcome {

    /** A fixed name of the result in kebab-case, for a metric's label. */
    String label();

    /**
     * The backend did what the check asks for.
     *
     * @param took from the start of the probe until that was certain
     */
    record Passed(Duration took) implements ProbeOutcome {
        @Override
        public String label() {
            return "success";
        }
    }

    /**
     * The backend did not.
     *
     * @param cause which kind of failure
     * @param why what happened, for an operator: one line, without the backend's name
     */
    record Failed(Cause cause, String why) implements ProbeOutcome {
        @Override
        public String label() {
            return cause.label();
        }
    }

    /**
     * This node could not even try: it has no file descriptor left, or is stopping. It says nothing about the backend
     * and must not count as a failure.
     *
     * @param why what happened, for an operator: one line
     */
    record NotTried(String why) implements ProbeOutcome {
        @Override
        public String label() {
            return "not-tried";
        }
    }

    /** Kinds of failure. */
    enum Cause {
        /** No connection came about: refused, or no route. */
        CONNECT("connect"),
        /** The time for the whole probe was over. */
        TIMEOUT("timeout"),
        /** The backend closed or reset the connection before the check was done. */
        CLOSED("closed"),
        /** The TLS handshake failed, or the backend's certificate was not what it should be. */
        TLS("tls"),
        /** An HTTP status outside the expected range. */
        STATUS("status"),
        /** An answer that is not HTTP/1, or endless. */
        ANSWER("answer");

        private final String label;

        Cause(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }
}
