package io.hawser.proxyprotocol;

/** Carries the verdict out of a reader. It has no stack trace: a peer can cause it at will, so it must stay cheap. */
final class MalformedHeaderException extends Exception {

    private static final long serialVersionUID = 1L;

    MalformedHeaderException(String what) {
        super(what, null, false, false);
    }
}
