package io.hawser.node.stream;

/** What is told of a {@link ListenSocket}, on its event loop. */
public interface AcceptHandler {

    /** A client has connected. The stream is to be started, on whichever loop, or closed. */
    void onAccepted(Stream stream);

    /** No connection can be taken now; mostly for want of a file descriptor. The socket goes on trying. */
    void onAcceptFailed(ListenSocket socket, Throwable cause);
}
