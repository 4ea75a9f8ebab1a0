package io.hawser.node.connection;

import io.hawser.net.IpAddress;
import io.hawser.node.stream.AcceptHandler;
import io.hawser.node.stream.ListenSocket;
import io.hawser.node.stream.Stream;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Takes new connections from one listening socket, and pauses when the machine has no file descriptor for them. */
final class Acceptor implements AcceptHandler {

    /** Long enough not to spin while descriptors are out, short enough that clients wait in the kernel's queue. */
    private static final long PAUSE_MILLIS = 100;

    private final Supplier<Worker> workers;
    private volatile Listener listener;
    private long accepted;

    Acceptor(Listener listener, Supplier<Worker> workers) {
        this.listener = listener;
        this.workers = workers;
    }

    /** Connections that come from now on are that listener's. */
    void serve(Listener next) {
        listener = next;
    }

    /** Connections taken so far; on the listening socket's event loop. */
    long accepted() {
        return accepted;
    }

    @Override
    public void onAccepted(Stream client) {
        accepted++;
        InetSocketAddress remote = client.remoteAddress();
        if (remote == null) {
            // It was reset before it could be asked who it is.
            client.close(false);
            return;
        }
        Listener to = listener;
        Ending full = to.acquire();
        if (full != null) {
            to.refusedAtLimit(full, IpAddress.of(remote.getAddress()));
            // A reset tells the client at once, and leaves nothing behind here.
            client.close(true);
            return;
        }
        Worker worker = workers.get();
        if (worker.loop().inEventLoop()) {
            start(worker, to, client, remote);
        } else {
            worker.loop().execute(() -> start(worker, to, client, remote));
        }
    }

    private static void start(Worker worker, Listener listener, Stream client, InetSocketAddress remote) {
        Connection connection = new Connection(worker, listener, client, remote);
        worker.add(connection);
        try {
            connection.start();
        } catch (RuntimeException e) {
            connection.onDefect(e);
        }
    }

    @Override
    public void onAcceptFailed(ListenSocket socket, Throwable cause) {
        // Mostly EMFILE or ENFILE: accept would fail again at once, and epoll would tell again at once.
        listener.acceptPaused(cause);
        socket.setAccepting(false);
        var unused = socket.eventLoop().schedule(() -> socket.setAccepting(true), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
}
