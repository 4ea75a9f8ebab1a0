package io.hawser.node.probe;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what session tickets a backend gives: connects a few times over TLS as one client, and reads the tickets of
 * TLS 1.3 out of its own next hello, where it offers them in the clear, and those of TLS 1.2 as they are issued.
 *
 * <p>All methods are for the event loop only.
 */
final class TicketProbe implements Attempt {

    /** Two show how much of a ticket is its issuer's name; TLS 1.3 shows one a connection, from the second on. */
    private static final int WANTED = 2;

    /** After so many without a ticket the backend gives none. */
    private static final int CONNECTIONS = 3;

    /** A backend that gives no new ticket to one who resumes shows the second one only on the fourth. */
    private static final int MOST_CONNECTIONS = 5;

    /** How long after the handshake a TLS 1.3 server may take to send its tickets: most send them at once. */
    private static final long TICKET_WAIT_MILLIS = 1000;

    /** What comes after the handshake, tickets most likely, has come whole by then. */
    private static final long SETTLED_MILLIS = 50;

    private static final String TLS_1_3 = "TLSv1.3";

    private final EventLoop loop;
    private final ChannelFactory<? extends Channel> channels;
    private final InetSocketAddress address;
    private final ProbeSettings settings;
    private final Consumer<List<byte[]>> listener;
    private final Promise<ProbeOutcome> done;
    private final List<byte[]> tickets = new ArrayList<>();
    private @Nullable SSLContext context;
    private @Nullable Channel channel;
    private @Nullable Future<?> deadline;
    private @Nullable ProbeOutcome outcome;
    private boolean ended;
    private int connections;
    /** The number of the last one that is behind us. */
    private int left;

    private long startNanos;

    /**
     * @param listener is given the tickets when all has gone well: two, or none
     */
    TicketProbe(
            EventLoop loop,
            ChannelFactory<? extends Channel> channels,
            InetSocketAddress address,
            ProbeSettings settings,
            Consumer<List<byte[]>> listener) {
        this.loop = loop;
        this.channels = channels;
        this.address = address;
        this.settings = settings;
        this.listener = listener;
        this.done = loop.newPromise();
    }

    @Override
    public Future<ProbeOutcome> start() {
        startNanos = loop.ticker().nanoTime();
        deadline = loop.schedule(
                () -> end(new ProbeOutcome.Failed(ProbeOutcome.Cause.TIMEOUT, "no tickets in time")),
                settings.timeout().toNanos() + MOST_CONNECTIONS * TimeUnit.MILLISECONDS.toNanos(TICKET_WAIT_MILLIS),
                TimeUnit.NANOSECONDS);
        try {
            // One context for all of its connections: it is one client, which resumes.
            context = ProbeTls.newContext(settings);
        } catch (GeneralSecurityException e) {
            end(new ProbeOutcome.NotTried("no TLS to probe with: " + Reason.of(e)));
            return done;
        }
        connect();
        return done;
    }

    private void connect() {
        SSLContext client = context;
        if (ended || client == null) {
            return;
        }
        Channel opened;
        try {
            opened = channels.newChannel();
        } catch (ChannelException e) {
            end(new ProbeOutcome.NotTried("cannot open a connection: " + Reason.of(e)));
            return;
        }
        connections++;
        channel = opened;
        SSLEngine engine = ProbeTls.newEngine(client, address, settings);
        SslHandler tls = new SslHandler(engine);
        tls.setHandshakeTimeoutMillis(0);
        tls.setCloseNotifyFlushTimeoutMillis(0);
        TicketTap tap = new TicketTap();
        opened.config().setOption(ChannelOption.TCP_NODELAY, true);
        opened.config().setOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0);
        opened.pipeline().addLast(new ProxyHeaderSender(settings.proxyHeader()), tap, tls, new Discard());
        opened.closeFuture().addListener(closed -> closed(opened));
        tls.handshakeFuture().addListener(shaken -> {
            if (shaken.isSuccess()) {
                shookHands(opened, engine, tap);
            } else {
                end(new ProbeOutcome.Failed(ProbeOutcome.Cause.TLS, Reason.of(shaken.cause())));
            }
        });
        loop.register(opened).addListener(registered -> {
            if (registered.isSuccess()) {
                opened.connect(address).addListener(connected -> {
                    if (!connected.isSuccess()) {
                        end(new ProbeOutcome.Failed(ProbeOutcome.Cause.CONNECT, Reason.of(connected.cause())));
                    }
                });
            } else {
                opened.unsafe().closeForcibly();
                end(new ProbeOutcome.NotTried("cannot open a connection: " + Reason.of(registered.cause())));
            }
        });
    }

    private void shookHands(Channel opened, SSLEngine engine, TicketTap tap) {
        if (ended) {
            return;
        }
        byte[] ticket = tap.ticket();
        if (ticket != null && tickets.stream().noneMatch(known -> Arrays.equals(known, ticket))) {
            tickets.add(ticket);
        }
        if (tickets.size() == WANTED || connections == (tickets.isEmpty() ? CONNECTIONS : MOST_CONNECTIONS)) {
            conclude();
        } else if (engine.getSession().getProtocol().equals(TLS_1_3)) {
            // Its tickets come after the handshake.
            tap.onMore(() -> next(opened, SETTLED_MILLIS));
            next(opened, TICKET_WAIT_MILLIS);
        } else {
            // The next connection shall be given another ticket, not bring this one back.
            engine.getSession().invalidate();
            next(opened, 0);
        }
    }

    private void conclude() {
        if (tickets.size() == 1) {
            end(new ProbeOutcome.Failed(ProbeOutcome.Cause.TIMEOUT, "one ticket alone tells nothing"));
            return;
        }
        listener.accept(List.copyOf(tickets));
        end(new ProbeOutcome.Passed(Duration.ofNanos(loop.ticker().nanoTime() - startNanos)));
    }

    /** Goes on to the next connection then, or when an earlier call says so. */
    private void next(Channel opened, long delayMillis) {
        int number = connections;
        var unused = loop.schedule(
                () -> {
                    if (!ended && left < number) {
                        left = number;
                        opened.close().addListener(closed -> connect());
                    }
                },
                delayMillis,
                TimeUnit.MILLISECONDS);
    }

    private void closed(Channel opened) {
        if (opened == channel && ended) {
            finish();
        }
    }

    private void end(ProbeOutcome how) {
        if (ended) {
            return;
        }
        ended = true;
        outcome = how;
        if (deadline != null) {
            deadline.cancel(false);
        }
        Channel open = channel;
        if (open == null || !open.isOpen()) {
            finish();
        } else {
            var unused = open.close();
        }
    }

    private void finish() {
        ProbeOutcome how = outcome;
        if (how != null && !done.isDone()) {
            done.setSuccess(how);
        }
    }

    @Override
    public void cancel() {
        ended = true;
        if (deadline != null) {
            deadline.cancel(false);
        }
        done.cancel(false);
        if (channel != null) {
            var unused = channel.close();
        }
    }

    /** Nobody wants what a backend says unasked. */
    private static final class Discard extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // The handshake's future has told it, or it is over.
            var unused = context.close();
        }
    }
}
