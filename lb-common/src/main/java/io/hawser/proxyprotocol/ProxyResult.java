package io.hawser.proxyprotocol;

/** What the bytes received so far on a connection say: all that {@link ProxyHeaderReader} can answer. */
public sealed interface ProxyResult {

    ProxyResult NEED_MORE = new NeedMore();

    /** What there is could be the beginning of a header. */
    record NeedMore() implements ProxyResult {}

    /**
     * The header is whole and well-formed.
     *
     * @param header what it says
     * @param length its bytes, which the caller takes off before it reads on
     */
    record Complete(ProxyHeader header, int length) implements ProxyResult {}

    /**
     * There is no header, or one that must not be believed: the connection has to be closed, for the protocol knows no
     * answer.
     *
     * @param what what is wrong, for a log; holds none of the peer's bytes
     */
    record Malformed(String what) implements ProxyResult {}
}
