package io.hawser.node.logging;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;

/**
 * A bounded queue and the one thread that turns what lies in it into lines and writes them.
 *
 * <p>Whoever offers never waits for the output: when the queue is full the item is dropped and counted. The thread
 * gathers for a moment between writes, so that a busy node pays one wake-up and one write for many lines.
 *
 * @param <T> what becomes a line; read on the writer's thread, so it must not change after it was offered
 */
final class LineWriter<T> implements AutoCloseable {

    private static final int BATCH = 512;
    private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long CLOSE_WAIT_MILLIS = 2_000;

    private final BlockingQueue<T> queue;
    private final Line line;
    private final BiConsumer<T, Line> formatter;
    private final LineOutput output;
    private final Runnable onDropped;
    private final Thread thread;
    private final AtomicBoolean idle = new AtomicBoolean();
    private volatile boolean reopen;
    private volatile boolean closed;
    private boolean failing;

    /**
     * Starts the thread.
     *
     * @param capacity the most items that wait
     * @param formatter adds an item's pairs to the line
     * @param onDropped told once for each item that was dropped, on any thread
     */
    LineWriter(
            String threadName,
            int capacity,
            LogFormat format,
            BiConsumer<T, Line> formatter,
            LineOutput output,
            Runnable onDropped) {
        this.queue = new ArrayBlockingQueue<>(capacity);
        this.line = format.line();
        this.formatter = formatter;
        this.output = output;
        this.onDropped = onDropped;
        this.thread = new Thread(this::run, threadName);
        thread.setDaemon(true);
        thread.start();
    }

    /** Queues an item, or drops it. */
    void offer(T item) {
        if (closed || !queue.offer(item)) {
            onDropped.run();
            return;
        }
        wake();
    }

    /** Opens the output anew before the next line is written. */
    void reopen() {
        reopen = true;
        wake();
    }

    private void wake() {
        if (idle.get() && idle.compareAndSet(true, false)) {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        List<T> batch = new ArrayList<>(BATCH);
        while (true) {
            boolean last = closed;
            if (reopen) {
                reopen = false;
                reopenOutput();
            }
            while (queue.drainTo(batch, BATCH) > 0) {
                write(batch);
                batch.clear();
            }
            if (last) {
                return;
            }
            LockSupport.parkNanos(this, GATHER_NANOS);
            if (queue.isEmpty()) {
                idle.set(true);
                // Whoever offered before it could see the mark would not wake us.
                if (queue.isEmpty() && !reopen && !closed) {
                    LockSupport.park(this);
                }
                idle.set(false);
            }
        }
    }

    private void write(List<T> batch) {
        StringBuilder lines = new StringBuilder(batch.size() * 256);
        if (failing) {
            // What was written before may have ended within a line.
            lines.append('\n');
        }
        for (T item : batch) {
            append(item, lines);
        }
        try {
            output.write(lines.toString().getBytes(StandardCharsets.UTF_8));
            failing = false;
        } catch (IOException e) {
            failed(e);
            batch.forEach(item -> onDropped.run());
        }
    }

    private void append(T item, StringBuilder lines) {
        try {
            formatter.accept(item, line);
        } catch (RuntimeException e) {
            // An event's arguments are anybody's code. The line says what came before, and the thread goes on.
            line.add("unreadable", e.toString());
        }
        line.endTo(lines);
    }

    private void reopenOutput() {
        try {
            output.reopen();
        } catch (IOException e) {
            failed(e);
        }
    }

    /** Says on stderr that the output fails, once until it works again: the log itself is what is broken. */
    private void failed(IOException e) {
        if (!failing) {
            failing = true;
            System.err.println(
                    thread.getName() + " cannot write: " + e + "; lines are dropped and counted until it can");
        }
    }

    /** Writes what is queued, for two seconds at most, and ends the thread. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(CLOSE_WAIT_MILLIS);
            if (!thread.isAlive()) {
                output.close();
            }
            // What the output has not taken by now; and what was offered while the thread ended.
            while (queue.poll() != null) {
                onDropped.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            failed(e);
        }
    }
}
