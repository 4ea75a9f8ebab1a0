package io.hawser.cluster.failover;

import io.hawser.cluster.harness.TlsClient;
import io.hawser.cluster.lab.Host;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * A client for measuring {@link DarkTimes}: it begins a new TLS connection every so often, and waits until a server has taken
 * up the handshake, by its ServerHello. An attempt that has no answer in time has failed. One thread does it all, so that
 * what the client does costs next to nothing, and no attempt waits for another.
 */
final class Knocker implements AutoCloseable {

    /** For tests that don't measure. */
    private static final Duration SELDOM = Duration.ofMillis(25);

    private static final long PATIENCE_MILLIS = 500;
    private static final byte HANDSHAKE = 22;

    private final SocketAddress address;
    private final ByteBuffer hello;
    private final long everyNanos;
    private final Selector selector;
    private final Thread thread;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private final ConcurrentLinkedQueue<DarkTimes.Attempt> attempts = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    /** One that is under way. */
    private static final class Pending {

        private final long begunNanos;
        private final SocketChannel channel;
        private boolean ended;

        Pending(long begunNanos, SocketChannel channel) {
            this.begunNanos = begunNanos;
            this.channel = channel;
        }
    }

    private Knocker(SocketAddress address, ByteBuffer hello, Duration every) throws IOException {
        this.address = address;
        this.hello = hello;
        this.everyNanos = every.toNanos();
        this.selector = Selector.open();
        this.thread = new Thread(this::run, "knocker");
        thread.setDaemon(true);
    }

    /** Begins, on a host, for a test that doesn't measure. */
    static Knocker on(Host host, TlsClient client) throws Exception {
        return on(host, client, SELDOM);
    }

    /**
     * Begins, on a host.
     *
     * @param every time between two attempts
     */
    static Knocker on(Host host, TlsClient client, Duration every) throws Exception {
        return host.call(() -> {
            InetSocketAddress node = client.node();
            Knocker times = new Knocker(node, hello(client), every);
            // Started here, so that it is on the host as well.
            times.thread.start();
            return times;
        });
    }

    /** What a client of Java's says first. A server can't tell that all attempts say the same. */
    private static ByteBuffer hello(TlsClient client) throws SSLException {
        SSLEngine engine = client.context().createSSLEngine();
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(client.serverName())));
        parameters.setApplicationProtocols(client.protocols().toArray(String[]::new));
        engine.setSSLParameters(parameters);
        ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        var unused = engine.wrap(ByteBuffer.allocate(0), hello);
        return hello.flip().asReadOnlyBuffer();
    }

    private void run() {
        try (selector) {
            long next = System.nanoTime();
            while (!closed) {
                long now = System.nanoTime();
                if (now - next >= 0) {
                    begin(now);
                    next += everyNanos;
                }
                expire(now);
                long wait = TimeUnit.NANOSECONDS.toMillis(next - System.nanoTime());
                var unused = selector.select(Math.max(1, wait));
                Set<SelectionKey> ready = selector.selectedKeys();
                ready.forEach(this::proceed);
                ready.clear();
            }
            pending.forEach(one -> close(one.channel));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void begin(long now) throws IOException {
        SocketChannel channel = SocketChannel.open();
        Pending begun = new Pending(now, channel);
        try {
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT, begun);
            pending.add(begun);
            if (channel.connect(address)) {
                greet(begun, key);
            }
        } catch (IOException e) {
            end(begun, String.valueOf(e.getMessage()));
        }
    }

    private void proceed(SelectionKey key) {
        Pending one = (Pending) key.attachment();
        if (one.ended) {
            return;
        }
        try {
            if (!one.channel.isConnected() && one.channel.finishConnect()) {
                greet(one, key);
            } else if (one.channel.isConnected()) {
                read(one);
            }
        } catch (IOException e) {
            end(one, String.valueOf(e.getMessage()));
        }
    }

    private void greet(Pending one, SelectionKey key) throws IOException {
        // It is small: a new connection's buffer takes it whole.
        var unused = one.channel.write(hello.duplicate());
        key.interestOps(SelectionKey.OP_READ);
    }

    private void read(Pending one) throws IOException {
        ByteBuffer first = ByteBuffer.allocate(1);
        int length = one.channel.read(first);
        if (length < 0) {
            end(one, "closed without an answer");
        } else if (length > 0) {
            end(one, first.get(0) == HANDSHAKE ? null : "a TLS alert in place of an answer");
        }
    }

    private void expire(long now) {
        for (Pending oldest = pending.peek(); oldest != null; oldest = pending.peek()) {
            boolean late = now - oldest.begunNanos > TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
            if (!oldest.ended && !late) {
                return;
            }
            if (!oldest.ended) {
                end(oldest, oldest.channel.isConnected() ? "no answer" : "no connection");
            }
            pending.remove();
        }
    }

    private void end(Pending one, @Nullable String failure) {
        one.ended = true;
        close(one.channel);
        attempts.add(new DarkTimes.Attempt(
                one.begunNanos, System.nanoTime() - one.begunNanos, failure == null, failure == null ? "" : failure));
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those begun since then, in order. */
    List<DarkTimes.Attempt> since(long nanos) {
        return attempts.stream()
                .filter(attempt -> attempt.begunNanos() - nanos >= 0)
                .sorted(Comparator.comparingLong(DarkTimes.Attempt::begunNanos))
                .toList();
    }

    /** Forgets what was. */
    void clear() {
        attempts.clear();
    }

    /** Forgets those that began before. */
    void forgetBefore(long nanos) {
        attempts.removeIf(attempt -> attempt.begunNanos() - nanos < 0);
    }

    /** Whether every attempt of the last so many milliseconds, as far as they have ended, was answered; and some have. */
    boolean isLight(long millis) {
        List<DarkTimes.Attempt> last =
                since(System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(millis + PATIENCE_MILLIS));
        return last.size() > 10 && last.stream().allMatch(DarkTimes.Attempt::answered);
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
    }
}
