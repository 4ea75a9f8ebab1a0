package io.hawser.node.state.hazelcast;

import com.hazelcast.internal.networking.Channel;
import io.hawser.node.identity.HandshakeFailure;
import io.hawser.node.identity.Identity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of a member, each of which is nothing until both sides have shown a certificate that the other believes.
 *
 * <p>Whoever reaches the port may try: how many try at a time, and for how long, has bounds, and what they cost is spent on
 * one thread of its own ("cluster-handshakes"), not on Hazelcast's.
 */
final class Links {

    private static final Logger log = LoggerFactory.getLogger(Links.class);

    static final long HANDSHAKE_MILLIS = 10_000;

    /** More than any cluster has nodes. */
    static final int MAX_HANDSHAKES = 256;

    /** A member opens one connection to each other. */
    static final int MAX_HANDSHAKES_OF_ONE = 16;

    private static final long LOG_NANOS = 10_000_000_000L;

    private final LinkSecurity security;
    private final LongSupplier nanoTime;
    private final ScheduledThreadPoolExecutor thread;
    private final Map<InetAddress, Integer> handshakes = new HashMap<>();
    private int handshaking;
    private volatile SSLContext context;
    private final AtomicLong mayLogNanos;
    private final AtomicLong unlogged = new AtomicLong();

    Links(LinkSecurity security, LongSupplier nanoTime) {
        this.security = security;
        this.nanoTime = nanoTime;
        this.mayLogNanos = new AtomicLong(nanoTime.getAsLong());
        this.context = security.identity().current().newContext();
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, "cluster-handshakes");
            made.setDaemon(true);
            return made;
        });
        thread.setRemoveOnCancelPolicy(true);
        security.identity().onRenewed(this::renew);
    }

    /** Connections that are open go on as they are. */
    private void renew(Identity next) {
        context = next.newContext();
    }

    /**
     * Begins a connection. Any thread.
     *
     * @param unreachable run when one that this member has opened comes to nothing
     */
    Link open(Channel channel, Runnable unreachable) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(channel.isClientMode());
        engine.setNeedClientAuth(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3"});
        engine.setSSLParameters(parameters);
        begin(engine);
        Link link = new Link(this, channel, engine, unreachable);
        if (!channel.isClientMode() && !mayTry(channel.remoteSocketAddress())) {
            thread.execute(() -> link.failed(
                    new HandshakeFailure(HandshakeFailure.Reason.TOO_MANY, "too many that it began are not done")));
            return link;
        }
        link.counted(!channel.isClientMode());
        var unused = thread.schedule(link::giveUp, HANDSHAKE_MILLIS, TimeUnit.MILLISECONDS);
        return link;
    }

    private static void begin(SSLEngine engine) {
        try {
            engine.beginHandshake();
        } catch (SSLException e) {
            throw new IllegalStateException("Java can't begin a TLS handshake", e);
        }
    }

    private synchronized boolean mayTry(@Nullable SocketAddress remote) {
        InetAddress address = address(remote);
        int ofOne = handshakes.getOrDefault(address, 0);
        if (handshaking >= MAX_HANDSHAKES || ofOne >= MAX_HANDSHAKES_OF_ONE) {
            return false;
        }
        handshakes.put(address, ofOne + 1);
        handshaking++;
        return true;
    }

    /** One that was begun is over, one way or the other. */
    synchronized void tried(@Nullable SocketAddress remote) {
        handshaking--;
        var unused = handshakes.computeIfPresent(address(remote), (any, count) -> count == 1 ? null : count - 1);
    }

    private static InetAddress address(@Nullable SocketAddress remote) {
        return remote instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress()
                : InetAddress.getLoopbackAddress();
    }

    void run(Runnable task) {
        thread.execute(task);
    }

    void succeeded() {
        security.counts().succeeded();
    }

    /** Says so, but not to everybody who keeps trying. */
    void failed(boolean own, @Nullable SocketAddress remote, HandshakeFailure failure) {
        security.counts().failed(failure.reason());
        long now = nanoTime.getAsLong();
        long from = mayLogNanos.get();
        if (now - from < 0 || !mayLogNanos.compareAndSet(from, now + LOG_NANOS)) {
            unlogged.incrementAndGet();
            return;
        }
        long others = unlogged.getAndSet(0);
        log.warn(
                "{} {} for the cluster is refused: {}{}",
                own ? "the connection to" : "a connection from",
                remote,
                failure.text(),
                others == 0 ? "" : "; so were " + others + " more since the last such line");
    }

    String section() {
        return security.identity().section();
    }

    void close() {
        thread.shutdownNow();
    }
}
