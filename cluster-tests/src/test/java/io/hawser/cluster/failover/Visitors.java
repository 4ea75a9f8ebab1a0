package io.hawser.cluster.failover;

import io.hawser.cluster.harness.Facts;
import io.hawser.cluster.harness.TlsClient;
import io.hawser.cluster.lab.Host;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Clients that come back to a VIP over and over, each from its own address with its own TLS session. They put up with not
 * being served; but who is served is served by the backend that has his session, unless that has been away since.
 */
final class Visitors implements AutoCloseable {

    private static final int THREADS = 3;
    private static final int PATIENCE_MILLIS = 2000;
    private static final long PAUSE_MILLIS = 20;
    /** How long a node may take to see that a backend is back. */
    private static final long BACK_NANOS = TimeUnit.SECONDS.toNanos(20);

    private static final String[] VERSIONS = {"TLSv1.2", "TLSv1.3"};

    private final BlockingQueue<Visitor> waiting = new LinkedBlockingQueue<>();
    private final Map<String, Absence> absences = new ConcurrentHashMap<>();
    private final List<String> wrong = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong served = new AtomicLong();
    private final AtomicLong unserved = new AtomicLong();
    private final AtomicLong moved = new AtomicLong();
    private volatile boolean closed;

    /** When a backend was away last. */
    private record Absence(long fromNanos, long untilNanos) {}

    /** One of them. */
    private static final class Visitor {
        private final TlsClient client;
        private final String version;
        private @Nullable String backend;
        private long servedNanos;
        /** Whether its last visit went well, so that Java has not thrown its session away. */
        private boolean hasSession;

        private long visits;

        Visitor(TlsClient client, String version) {
            this.client = client;
            this.version = version;
        }
    }

    private Visitors() {}

    /** They begin at once. */
    static Visitors on(Host host, List<TlsClient> clients) throws Exception {
        Visitors visitors = new Visitors();
        for (TlsClient client : clients) {
            visitors.waiting.add(new Visitor(client, VERSIONS[visitors.waiting.size() % VERSIONS.length]));
        }
        host.call(() -> {
            for (int i = 0; i < THREADS; i++) {
                Thread thread = new Thread(visitors::run, "visitors-" + i);
                thread.setDaemon(true);
                thread.start();
                visitors.threads.add(thread);
            }
            return visitors;
        });
        return visitors;
    }

    private void run() {
        try {
            while (!closed) {
                Visitor next = waiting.take();
                visit(next);
                waiting.add(next);
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private void visit(Visitor visitor) {
        long begun = System.nanoTime();
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.bind(new InetSocketAddress(visitor.client.source(), 0));
            socket.connect(visitor.client.node(), PATIENCE_MILLIS);
            try (TlsClient.Connection connection = visitor.client.secure(socket, visitor.version)) {
                judge(visitor, connection.ask());
                visitor.hasSession = true;
                visitor.servedNanos = begun;
                visitor.visits++;
                served.incrementAndGet();
            }
        } catch (IOException e) {
            visitor.hasSession = false;
            unserved.incrementAndGet();
        }
    }

    private void judge(Visitor visitor, Facts facts) {
        String before = visitor.backend;
        visitor.backend = facts.backend();
        if (before == null || wasAwaySince(before, visitor.servedNanos)) {
            moved.addAndGet(before != null && !before.equals(facts.backend()) ? 1 : 0);
            return;
        }
        if (!before.equals(facts.backend()) || (visitor.hasSession && !facts.resumed())) {
            wrong.add("%d s: the session of %s (%s, visit %d) with %s is served by %s, %s"
                    .formatted(
                            TimeUnit.NANOSECONDS.toSeconds(System.nanoTime()),
                            visitor.client.source().getHostAddress(),
                            visitor.version,
                            visitor.visits,
                            before,
                            facts.backend(),
                            facts.resumed() ? "resumed" : "begun anew"));
        }
    }

    private boolean wasAwaySince(String backend, long nanos) {
        Absence last = absences.get(backend);
        return last != null && last.untilNanos() - nanos > 0;
    }

    /** A backend goes away now. */
    void away(String backend) {
        long now = System.nanoTime();
        absences.put(backend, new Absence(now, now + TimeUnit.DAYS.toNanos(1)));
    }

    /** It is back. */
    void back(String backend) {
        long now = System.nanoTime();
        absences.computeIfPresent(backend, (id, absence) -> new Absence(absence.fromNanos(), now + BACK_NANOS));
    }

    /** Sessions that were not where they should have been. */
    List<String> wrong() {
        return wrong;
    }

    long served() {
        return served.get();
    }

    @Override
    public String toString() {
        return served + " visits, " + unserved + " not served, " + moved + " sessions moved from backends that died";
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }
}
