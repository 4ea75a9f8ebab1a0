package io.hawser.tls;

/** What the bytes received so far on a connection say: all that {@link ClientHelloReader} can answer. */
public sealed interface HelloResult {

    HelloResult NEED_MORE = new NeedMore();

    HelloResult NOT_TLS = new NotTls();

    HelloResult TOO_LARGE = new TooLarge();

    /** What there is could be the beginning of a ClientHello. */
    record NeedMore() implements HelloResult {}

    /** The ClientHello is whole and well-formed. */
    record Complete(ClientHello hello) implements HelloResult {}

    /** The peer does not speak TLS, or begins with an SSLv2 hello (RFC 5246 appendix E.2, forbidden by RFC 6176). */
    record NotTls() implements HelloResult {}

    /** The hello is, or says that it will be, longer than the reader's bound. */
    record TooLarge() implements HelloResult {}

    /**
     * The peer speaks TLS, and what it sent must not be routed: a server behind could read it otherwise.
     *
     * @param what what is wrong, for a log; names fields, holds none of the peer's bytes
     * @param alert the alert that TLS has for it
     */
    record Malformed(String what, Alert alert) implements HelloResult {}
}
