package io.hawser.cluster.harness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/** Clients that do one thing over and over, each in a thread of its own, and remember every time that it failed. */
public final class Load implements AutoCloseable {

    /** Past this, something is so wrong that more of the same tells nothing. */
    private static final int MAX_FAILURES = 20;

    /** What a client does. */
    public interface Task {

        /** Does it once; whatever it throws is a failure. */
        void run() throws Exception;
    }

    private final String name;
    private final List<Thread> threads = new ArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong slowestNanos = new AtomicLong();
    private volatile boolean stopped;

    Load(String name, int clients, Task task) {
        this.name = name;
        for (int i = 0; i < clients; i++) {
            Thread thread = new Thread(() -> run(task), name + "-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    private void run(Task task) {
        while (!stopped && failures.size() < MAX_FAILURES) {
            long start = System.nanoTime();
            try {
                task.run();
                done.incrementAndGet();
            } catch (Exception | AssertionError e) {
                failures.add(e);
            }
            slowestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
        }
    }

    /** How often it has succeeded. */
    public long done() {
        return done.get();
    }

    /** How long the longest took, in milliseconds. */
    public long slowestMillis() {
        return slowestNanos.get() / 1_000_000;
    }

    /** Waits until it has succeeded so many more times, or failed. */
    public void awaitMore(int times) {
        long wanted = done.get() + times;
        Awaitility.await(times + " more of " + name)
                .atMost(Duration.ofMinutes(1))
                .until(() -> done.get() >= wanted || !failures.isEmpty());
    }

    /** Lets everyone finish what he is at; returns what went wrong. */
    public List<Throwable> stop() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join(60_000);
            if (thread.isAlive()) {
                failures.add(
                        new AssertionError(thread.getName() + " does not end: " + List.of(thread.getStackTrace())));
            }
        }
        return failures;
    }

    @Override
    public void close() {
        stopped = true;
    }
}
