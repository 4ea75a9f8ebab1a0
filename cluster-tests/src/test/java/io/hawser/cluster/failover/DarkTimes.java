package io.hawser.cluster.failover;

import io.hawser.cluster.harness.TlsClient;
import io.hawser.cluster.lab.Host;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A client's view of an address: it begins a new TLS connection every so often, and asks for something over it.
 * An attempt that has no answer in time has failed.
 */
final class DarkTimes implements AutoCloseable {

    private static final long EVERY_MILLIS = Long.getLong("hawser.failover.every", 25);
    private static final int PATIENCE_MILLIS = 500;
    private static final int THREADS = 64;

    private final TlsClient client;
    private final int patienceMillis;
    private final ScheduledExecutorService threads;
    private final ConcurrentLinkedQueue<Attempt> attempts = new ConcurrentLinkedQueue<>();

    /**
     * One of them.
     *
     * @param begunNanos when
     * @param tookNanos until it was over
     * @param answered whether it was answered
     * @param what went wrong, in a word; empty when nothing did
     */
    record Attempt(long begunNanos, long tookNanos, boolean answered, String what) {}

    private DarkTimes(TlsClient client, int patienceMillis, ScheduledExecutorService threads) {
        this.client = client;
        this.patienceMillis = patienceMillis;
        this.threads = threads;
    }

    /** Begins, on a host. */
    static DarkTimes on(Host host, TlsClient client) throws Exception {
        return on(host, client, PATIENCE_MILLIS, EVERY_MILLIS);
    }

    /** Likewise; attempts may take so long, and one is begun every so often. */
    static DarkTimes on(Host host, TlsClient client, int patienceMillis, long everyMillis) throws Exception {
        return host.call(() -> {
            ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(THREADS);
            // Started here, so that they are on the host as well.
            threads.prestartAllCoreThreads();
            DarkTimes times = new DarkTimes(client, patienceMillis, threads);
            var unused = threads.scheduleAtFixedRate(
                    () -> threads.execute(times::attempt), 0, everyMillis, TimeUnit.MILLISECONDS);
            return times;
        });
    }

    private void attempt() {
        long begun = System.nanoTime();
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(patienceMillis);
            socket.setReuseAddress(true);
            socket.connect(
                    new InetSocketAddress(
                            client.node().getAddress(), client.node().getPort()),
                    patienceMillis);
            try (TlsClient.Connection connection = client.secure(socket)) {
                connection.ask();
            }
            long took = System.nanoTime() - begun;
            boolean late = took > TimeUnit.MILLISECONDS.toNanos(patienceMillis);
            attempts.add(new Attempt(begun, took, !late, late ? "late" : ""));
        } catch (IOException e) {
            attempts.add(new Attempt(begun, System.nanoTime() - begun, false, String.valueOf(e.getMessage())));
        }
    }

    /** Those begun since then, in order. */
    List<Attempt> since(long nanos) {
        return attempts.stream()
                .filter(attempt -> attempt.begunNanos() - nanos >= 0)
                .sorted(Comparator.comparingLong(Attempt::begunNanos))
                .toList();
    }

    /** Forgets what was. */
    void clear() {
        attempts.clear();
    }

    /** Whether every attempt of the last so many milliseconds, as far as they have ended, was answered; and some have. */
    boolean isLight(long millis) {
        List<Attempt> last = since(System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(millis + PATIENCE_MILLIS));
        return last.size() > 4 && last.stream().allMatch(Attempt::answered);
    }

    /** From the first attempt since then that failed to the first that was answered after the last failure; 0: none failed. */
    static double darkMillis(List<Attempt> attempts) {
        List<Attempt> failed =
                attempts.stream().filter(attempt -> !attempt.answered()).toList();
        if (failed.isEmpty()) {
            return 0;
        }
        long first = failed.get(0).begunNanos();
        long last = failed.get(failed.size() - 1).begunNanos();
        long light = attempts.stream()
                .filter(attempt -> attempt.answered() && attempt.begunNanos() > last)
                .mapToLong(Attempt::begunNanos)
                .findFirst()
                .orElseThrow(() -> new AssertionError("it has stayed dark"));
        return (light - first) / 1e6;
    }

    /** How long so many of them took at most; 1: all of them. */
    static double tookMillis(List<Attempt> attempts, double part) {
        long[] took = attempts.stream().mapToLong(Attempt::tookNanos).sorted().toArray();
        return took[(int) Math.min(took.length - 1, part * took.length)] / 1e6;
    }

    /** What went wrong, each once. */
    static List<String> failures(List<Attempt> attempts) {
        return new ArrayList<>(attempts.stream()
                .filter(attempt -> !attempt.answered())
                .map(Attempt::what)
                .distinct()
                .toList());
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
