package io.hawser.node.demo;

import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Clients of every kind, each of which comes back twice a second, and soon again after a failure. */
final class Traffic implements AutoCloseable {

    static final int CLIENTS_OF_A_KIND = 10;

    private static final long PAUSE_MILLIS = 500;
    private static final long RETRY_MILLIS = 100;

    /** More than ever wait for an answer at once on a machine that keeps up. */
    private static final int THREADS = 16;

    private final Tally tally;
    private final ScheduledExecutorService threads;
    private final Set<SessionKind> paused = ConcurrentHashMap.newKeySet();

    private Traffic(Tally tally) {
        this.tally = tally;
        this.threads = Executors.newScheduledThreadPool(THREADS, work -> {
            Thread thread = new Thread(work, "client");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Has the clients come from now on.
     *
     * @param tally told of every visit
     */
    static Traffic start(DemoNetwork network, Certificates certificates, Tally tally) throws GeneralSecurityException {
        Traffic traffic = new Traffic(tally);
        List<Runnable> clients = new ArrayList<>();
        for (int i = 1; i <= CLIENTS_OF_A_KIND; i++) {
            for (SessionKind kind : EnumSet.allOf(SessionKind.class)) {
                TlsClient client = new TlsClient(
                        kind,
                        certificates.client(kind == SessionKind.TLS12_TICKET),
                        network,
                        network.vip(),
                        network.resident(i),
                        new Random());
                int number = tally.client(kind);
                clients.add(() -> traffic.visit(client, number));
            }
        }
        for (int i = 0; i < clients.size(); i++) {
            var unused =
                    traffic.threads.schedule(clients.get(i), i * PAUSE_MILLIS / clients.size(), TimeUnit.MILLISECONDS);
        }
        return traffic;
    }

    private void visit(TlsClient client, int number) {
        long pause = PAUSE_MILLIS;
        if (paused.contains(client.kind())) {
            pause = RETRY_MILLIS;
        } else {
            Visit visit = client.visit();
            if (threads.isShutdown()) {
                return;
            }
            tally.visit(number, visit, System.nanoTime());
            if (!(visit instanceof Visit.Answered)) {
                pause = RETRY_MILLIS;
            }
        }
        try {
            var unused = threads.schedule(() -> visit(client, number), pause, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // The end.
        }
    }

    /** Clients of this kind stay away until {@link #resume}; those that are there are served. */
    void pause(SessionKind kind) {
        paused.add(kind);
    }

    void resume(SessionKind kind) {
        paused.remove(kind);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
