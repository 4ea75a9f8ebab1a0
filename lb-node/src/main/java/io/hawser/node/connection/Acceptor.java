package io.hawser.node.connection;

import io.hawser.net.IpAddress;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Takes new connections from one listening socket, and pauses when the machine has no file descriptor for them. */
final class Acceptor extends ChannelInboundHandlerAdapter {

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
    public void channelRead(ChannelHandlerContext context, Object message) {
        Channel client = (Channel) message;
        accepted++;
        InetSocketAddress remote = (InetSocketAddress) client.remoteAddress();
        if (remote == null) {
            // It was reset before it could be asked who it is.
            client.unsafe().closeForcibly();
            return;
        }
        Listener to = listener;
        Ending full = to.acquire();
        if (full != null) {
            to.refusedAtLimit(full, IpAddress.of(remote.getAddress()));
            // A reset tells the client at once, and leaves nothing behind here.
            client.config().setOption(ChannelOption.SO_LINGER, 0);
            client.unsafe().closeForcibly();
            return;
        }
        Worker worker = workers.get();
        if (worker.loop().inEventLoop()) {
            start(worker, to, client, remote);
        } else {
            worker.loop().execute(() -> start(worker, to, client, remote));
        }
    }

    private static void start(Worker worker, Listener listener, Channel client, InetSocketAddress remote) {
        Connection connection = new Connection(worker, listener, client, remote);
        worker.add(connection);
        try {
            Connection.configure(client);
            client.pipeline().addLast(ClientHandler.NAME, new ClientHandler(connection));
            worker.loop().register(client).addListener(registered -> onRegistered(connection, registered));
        } catch (RuntimeException e) {
            connection.onDefect(e);
        }
    }

    private static void onRegistered(Connection connection, Future<?> registered) {
        try {
            if (registered.isSuccess()) {
                connection.onAccepted();
            } else {
                connection.onDefect(registered.cause());
            }
        } catch (RuntimeException e) {
            // Netty would only log it.
            connection.onDefect(e);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // Mostly EMFILE or ENFILE: accept would fail again at once, and epoll would tell again at once.
        listener.acceptPaused(cause);
        Channel channel = context.channel();
        channel.config().setAutoRead(false);
        var unused = context.executor().schedule(() -> resume(channel), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static void resume(Channel channel) {
        if (channel.isOpen()) {
            channel.config().setAutoRead(true);
        }
    }
}
