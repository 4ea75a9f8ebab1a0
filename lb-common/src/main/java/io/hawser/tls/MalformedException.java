package io.hawser.tls;

/** Carries the verdict out of a parser. It has no stack trace: a peer can cause it at will, so it must stay cheap. */
final class MalformedException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Alert alert;

    MalformedException(String what, Alert alert) {
        super(what, null, false, false);
        this.alert = alert;
    }

    HelloResult.Malformed result() {
        return new HelloResult.Malformed(String.valueOf(getMessage()), alert);
    }
}
