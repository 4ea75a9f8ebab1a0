package io.hawser.node.probe;

import io.hawser.node.probe.ProbeOutcome.Cause;
import io.hawser.node.probe.ProbeOutcome.Failed;
import io.hawser.node.probe.ProbeOutcome.NotTried;
import io.hawser.node.probe.ProbeOutcome.Passed;
import io.hawser.node.probe.ProbeSettings.Check;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to find out whether a backend does what the check asks for: connect, perhaps shake hands, perhaps ask,
 * close.
 *
 * <p>Whatever the backend does, the connection is closed and everything released by the end of the timeout: its timer
 * runs until the connection is closed and cuts it then. The verdict is the first thing that is certain, and is handed
 * out only after the close, so that who waits for it never has two connections to a backend.
 *
 * <p>A connection whose check is done is left politely: closed with FIN, after a close_notify where there is TLS, and
 * after waiting a moment for what the backend still sends. Closing over unread bytes, or with a linger of 0, would be
 * cheaper and send a reset, which servers log as an error every time.
 *
 * <p>All methods are for the event loop only.
 */
final class Probe implements Attempt {
    /** Enough for a long certificate chain and any sensible status answer. */
    static final int MOST_ANSWER_BYTES = 64 * 1024;

    /** How long a backend may take to close its side after the check is done. */
    static final Duration FAREWELL = Duration.ofMillis(250);

    /** How late, at least, and by more than the timeout again, a timer comes that says nothing of the backend. */
    static final Duration STANDSTILL = Duration.ofMillis(250);

    private final EventLoop loop;
    private final ChannelFactory<? extends Channel> channels;
    private final InetSocketAddress address;
    private final ProbeSettings settings;
    private final String userAgent;
    private final Promise<ProbeOutcome> done;
    private final StatusLineReader answer = new StatusLineReader();

    private Stage stage = Stage.CONNECT;
    private long startNanos;
    private boolean cancelled;
    private @Nullable ProbeOutcome verdict;
    private @Nullable Channel channel;
    private @Nullable SslHandler tls;
    private @Nullable Future<?> deadline;
    private @Nullable Future<?> farewell;

    /**
     * @param loop on which the probe happens
     * @param channels makes TCP client channels that fit the loop
     * @param address of the backend, resolved
     * @param userAgent what HTTP backends are told of who asks
     */
    Probe(
            EventLoop loop,
            ChannelFactory<? extends Channel> channels,
            InetSocketAddress address,
            ProbeSettings settings,
            String userAgent) {
        this.loop = loop;
        this.channels = channels;
        this.address = address;
        this.settings = settings;
        this.userAgent = userAgent;
        this.done = loop.newPromise();
    }

    @Override
    public Future<ProbeOutcome> start() {
        startNanos = loop.ticker().nanoTime();
        Channel opened;
        try {
            if (settings.check().usesTls()) {
                tls = newTlsHandler();
            }
            opened = channels.newChannel();
        } catch (GeneralSecurityException | ChannelException e) {
            // Too many open files, most likely. Netty has closed what it had opened.
            return done.setSuccess(new NotTried("cannot open a connection: " + Reason.of(e)));
        }
        channel = opened;
        prepare(opened);
        deadline = loop.schedule(this::timeOut, settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
        opened.closeFuture().addListener(closed -> end());
        loop.register(opened).addListener(registered -> {
            if (registered.isSuccess()) {
                opened.connect(address).addListener(connected -> {
                    if (!connected.isSuccess() && verdict == null && !cancelled) {
                        fail(Cause.CONNECT, Reason.of(connected.cause()));
                    }
                });
            } else {
                decide(new NotTried("cannot open a connection: " + Reason.of(registered.cause())));
                opened.unsafe().closeForcibly();
                end();
            }
        });
        return done;
    }

    @Override
    public void cancel() {
        cancelled = true;
        cut();
    }

    private SslHandler newTlsHandler() throws GeneralSecurityException {
        SslHandler handler = new SslHandler(ProbeTls.newEngine(address, settings));
        // The probe's own timer is the only one: these would each start a time of their own.
        handler.setHandshakeTimeoutMillis(0);
        handler.setCloseNotifyFlushTimeoutMillis(0);
        return handler;
    }

    private void prepare(Channel opened) {
        opened.config().setOption(ChannelOption.TCP_NODELAY, true);
        opened.config().setOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0);
        opened.pipeline()
                .addLast(
                        new Connected(),
                        new AnswerLimit(MOST_ANSWER_BYTES, this::heardTooMuch),
                        new ProxyHeaderSender(settings.proxyHeader()));
        if (tls != null) {
            opened.pipeline().addLast(tls);
            tls.handshakeFuture().addListener(shaken -> shookHands(shaken));
        }
        opened.pipeline().addLast(new AnswerHandler(this));
    }

    /**
     * Stands first, since the connection's future may tell before or after the handlers behind have sent something: a
     * PROXY header, a ClientHello.
     */
    private final class Connected extends ChannelInboundHandlerAdapter {

        @Override
        public void channelActive(ChannelHandlerContext context) {
            Channel current = context.channel();
            if (verdict != null || cancelled) {
                return;
            }
            if (current.remoteAddress().equals(current.localAddress())) {
                // Both ends of a TCP connection may be one socket: a connect to a free local port, by chance from that
                // port.
                fail(Cause.CONNECT, "connection refused (nothing listens: the probe met itself)");
                return;
            }
            if (tls != null) {
                stage = Stage.HANDSHAKE;
            }
            context.fireChannelActive();
            if (settings.check() == Check.TCP) {
                pass();
            } else if (tls == null) {
                ask();
            }
        }
    }

    private void shookHands(Future<?> shaken) {
        if (verdict != null || cancelled) {
            return;
        }
        if (!shaken.isSuccess()) {
            broke(shaken.cause());
        } else if (settings.check().usesHttp()) {
            ask();
        } else {
            pass();
        }
    }

    private void ask() {
        stage = Stage.ANSWER;
        open().writeAndFlush(Unpooled.wrappedBuffer(ProbeRequest.bytes(address, settings, userAgent)))
                .addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }

    /** The backend sent something; before and after its answer is waited for, that is of no interest. */
    void heard(ByteBuf bytes) {
        if (verdict != null || stage != Stage.ANSWER) {
            return;
        }
        StatusLineReader.Reading reading = answer.read(bytes);
        if (reading instanceof StatusLineReader.NotHttp notHttp) {
            fail(Cause.ANSWER, "the answer is not HTTP/1, it begins with '" + notHttp.beginning() + "'");
        } else if (reading instanceof StatusLineReader.Status status) {
            if (settings.expects(status.code())) {
                pass();
            } else {
                decide(new Failed(
                        Cause.STATUS, "HTTP status " + status.code() + ", expected " + settings.expectation()));
                leave();
            }
        }
    }

    /** The backend will send nothing more; over TLS, so it says. */
    void heardTheEnd() {
        if (verdict == null) {
            fail(Cause.CLOSED, stage.whenClosed("closed"));
        } else {
            close();
        }
    }

    /** Reading, writing or TLS failed. */
    void broke(Throwable cause) {
        if (Reason.isClosed(cause)) {
            fail(Cause.CLOSED, stage.whenClosed("reset"));
        } else if (stage == Stage.CONNECT) {
            fail(Cause.CONNECT, Reason.of(cause));
        } else if (tls == null) {
            fail(Cause.CLOSED, Reason.of(cause));
        } else {
            String what = stage == Stage.HANDSHAKE ? "TLS handshake failed: " : "TLS failed after the handshake: ";
            fail(Cause.TLS, what + Reason.of(cause));
        }
    }

    private void heardTooMuch() {
        decide(new Failed(Cause.ANSWER, "answer larger than " + MOST_ANSWER_BYTES + " bytes"));
        cut();
    }

    private void timeOut() {
        long lateNanos =
                loop.ticker().nanoTime() - startNanos - settings.timeout().toNanos();
        if (lateNanos > Math.max(settings.timeout().toNanos(), STANDSTILL.toNanos())) {
            // A machine that was paused, a long collection: all backends would seem to have hung at once.
            decide(new NotTried("this node stood still, its timer came " + lateNanos / 1_000_000 + "ms late"));
        } else {
            decide(new Failed(Cause.TIMEOUT, stage.whenTimedOut(settings.timeout())));
        }
        cut();
    }

    private void pass() {
        decide(new Passed(Duration.ofNanos(loop.ticker().nanoTime() - startNanos)));
        leave();
    }

    private void fail(Cause cause, String why) {
        decide(new Failed(cause, why));
        // Not at once: an alert that says why may be on its way out.
        loop.execute(this::cut);
    }

    private void decide(ProbeOutcome outcome) {
        if (verdict == null) {
            verdict = outcome;
        }
    }

    private void leave() {
        if (settings.check() == Check.TCP) {
            close();
            return;
        }
        farewell = loop.schedule(this::close, FAREWELL.toNanos(), TimeUnit.NANOSECONDS);
        if (tls != null && settings.check() == Check.TLS) {
            var unused = tls.closeOutbound();
        }
    }

    private void close() {
        var unused = open().close();
    }

    /** Closes below TLS, which might still wait to send something. */
    private void cut() {
        Channel current = channel;
        if (current != null && current.isOpen()) {
            var unused = current.pipeline().firstContext().close();
        }
    }

    private void end() {
        if (deadline != null) {
            deadline.cancel(false);
        }
        if (farewell != null) {
            farewell.cancel(false);
        }
        if (cancelled) {
            done.cancel(false);
        } else {
            decide(new Failed(Cause.CLOSED, stage.whenClosed("closed")));
            ProbeOutcome outcome = verdict;
            if (outcome != null) {
                done.trySuccess(outcome);
            }
        }
    }

    private Channel open() {
        Channel current = channel;
        if (current == null) {
            throw new IllegalStateException("the probe has no connection");
        }
        return current;
    }
}
