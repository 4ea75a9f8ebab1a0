package io.hawser.cluster.traffic;

import io.hawser.cluster.harness.Facts;
import io.hawser.cluster.harness.TlsClient;
import io.hawser.cluster.hostile.Mutator;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Clients of three kinds: regulars, who come back with the TLS session that they have; stayers, who ask again and again
 * over one connection; and strangers, who send what nobody should.
 */
public final class Traffic implements AutoCloseable {

    private static final int REGULARS = 60;
    private static final long VISIT_EVERY_MILLIS = 50;
    private static final int STAYERS = 24;
    private static final long ASK_EVERY_MILLIS = 100;
    private static final long STRANGER_EVERY_MILLIS = 100;

    /** Of a new connection: connecting, and each answer. */
    private static final int PATIENCE_MILLIS = 10_000;

    private static final int VISITING_THREADS = 40;
    private static final int STRANGE_THREADS = 8;

    private final Unrest unrest;
    private final OwnerWatch owners;
    private final Timeline timeline;
    private final Random random;
    private final Mutator mutator = new Mutator();
    private final BlockingQueue<Regular> waiting = new LinkedBlockingQueue<>();
    private final AtomicLong resumed = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong strayed = new AtomicLong();
    private final AtomicLong strange = new AtomicLong();
    private final AtomicLong broken = new AtomicLong();
    private final List<ScheduledThreadPoolExecutor> pools = new ArrayList<>();
    private volatile boolean closed;

    private static final class Regular {
        final TlsClient client;
        final String version;

        @Nullable String backend;

        /** When it began its session. */
        long since;

        Regular(TlsClient client, String version) {
            this.client = client;
            this.version = version;
        }
    }

    /** Makes clients, each with sessions of its own. */
    public interface Clients {

        /** One that tries only this version of TLS, or any. */
        TlsClient make(@Nullable String version) throws Exception;
    }

    /** To be made on the clients' host: its threads stay there. */
    public Traffic(Clients clients, Unrest unrest, OwnerWatch owners, Timeline timeline, long seed) throws Exception {
        this.unrest = unrest;
        this.owners = owners;
        this.timeline = timeline;
        this.random = new Random(seed);
        for (int i = 0; i < REGULARS; i++) {
            String version = i % 2 == 0 ? "TLSv1.3" : "TLSv1.2";
            waiting.add(new Regular(clients.make(version), version));
        }
        TlsClient stranger = clients.make(null);
        start(pool(VISITING_THREADS), this::visit, VISIT_EVERY_MILLIS);
        start(pool(STRANGE_THREADS), () -> disturb(stranger), STRANGER_EVERY_MILLIS);
        for (int i = 0; i < STAYERS; i++) {
            TlsClient client = clients.make(null);
            Thread thread = new Thread(() -> stay(client), "stayer-" + i);
            thread.setDaemon(true);
            thread.start();
        }
    }

    private ScheduledThreadPoolExecutor pool(int threads) {
        ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(threads);
        // Started here, so that they are on this host as well.
        pool.prestartAllCoreThreads();
        pools.add(pool);
        return pool;
    }

    private static void start(ScheduledThreadPoolExecutor pool, Runnable task, long everyMillis) {
        var unused = pool.scheduleAtFixedRate(
                () -> {
                    try {
                        pool.execute(task);
                    } catch (RejectedExecutionException e) {
                        // It is over.
                    }
                },
                0,
                everyMillis,
                TimeUnit.MILLISECONDS);
    }

    private static Socket connect(TlsClient client) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(
                    new InetSocketAddress(
                            client.node().getAddress(), client.node().getPort()),
                    PATIENCE_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private void visit() {
        Regular regular = waiting.poll();
        if (regular == null) {
            // All are at it: nobody is answered.
            return;
        }
        long begun = unrest.now();
        try (Socket socket = connect(regular.client);
                TlsClient.Connection connection = regular.client.secure(socket, regular.version)) {
            Facts facts = connection.ask();
            timeline.answer(unrest.now() - begun);
            judge(regular, facts);
            regular.backend = facts.backend();
        } catch (IOException e) {
            // Java forgets a session that it has offered in vain.
            regular.backend = null;
            failed("a new connection: " + e, unrest.explainsAttempt(begun, unrest.now()));
        } finally {
            waiting.add(regular);
        }
    }

    private void judge(Regular regular, Facts facts) {
        if (regular.backend == null) {
            regular.since = unrest.now();
            return;
        }
        if (facts.resumed() && facts.backend().equals(regular.backend)) {
            resumed.incrementAndGet();
        } else if (unrest.explainsLoss(regular.since, regular.backend)) {
            strayed.incrementAndGet();
            regular.since = unrest.now();
        } else {
            lost.incrementAndGet();
            timeline.violation("a session of " + regular.version + " with " + regular.backend + " was "
                    + (facts.resumed() ? "resumed" : "not resumed") + " by " + facts.backend());
        }
    }

    private void failed(String what, boolean explained) {
        if (closed || explained) {
            timeline.explained();
        } else {
            timeline.violation(what);
        }
    }

    private void stay(TlsClient client) {
        while (!closed) {
            long begun = unrest.now();
            long opened = Long.MAX_VALUE;
            String host = "";
            String backend = "";
            try (Socket socket = connect(client);
                    TlsClient.Connection connection = client.secure(socket)) {
                host = owners.owner();
                backend = connection.ask().backend();
                opened = unrest.now();
                while (!closed) {
                    long asked = unrest.now();
                    Facts facts = connection.ask();
                    timeline.answer(unrest.now() - asked);
                    if (!facts.backend().equals(backend)) {
                        timeline.violation("one connection was answered by " + backend + " and " + facts.backend());
                    }
                    TimeUnit.MILLISECONDS.sleep(ASK_EVERY_MILLIS);
                }
            } catch (IOException e) {
                if (opened == Long.MAX_VALUE) {
                    failed("a new connection: " + e, unrest.explainsAttempt(begun, unrest.now()));
                } else {
                    broken.incrementAndGet();
                    failed(
                            "a connection that was opened at %.1f s by %s: %s".formatted(opened / 1e9, host, e),
                            unrest.explainsBreak(opened, host) || unrest.explainsLoss(opened, backend));
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Sends something, and takes what comes of it. */
    private void disturb(TlsClient client) {
        byte[] bytes;
        boolean abrupt;
        synchronized (random) {
            bytes = mutator.next(random);
            abrupt = random.nextBoolean();
        }
        try (Socket socket = connect(client);
                OutputStream out = socket.getOutputStream()) {
            strange.incrementAndGet();
            socket.setSoTimeout(500);
            out.write(bytes);
            if (abrupt) {
                socket.setSoLinger(true, 0);
            } else {
                socket.getInputStream().readNBytes(1);
            }
        } catch (IOException e) {
            // What else.
        }
    }

    /** How often a session was taken up again by its backend. */
    public long resumed() {
        return resumed.get();
    }

    /** How often it was not. */
    public long lost() {
        return lost.get();
    }

    /** How often a session's backend was out of reach, and another began a new one. */
    public long strayed() {
        return strayed.get();
    }

    /** Bad inputs tried. */
    public long strange() {
        return strange.get();
    }

    /** Connections of stayers that broke. */
    public long broken() {
        return broken.get();
    }

    @Override
    public void close() {
        closed = true;
        pools.forEach(ScheduledThreadPoolExecutor::shutdownNow);
    }
}
