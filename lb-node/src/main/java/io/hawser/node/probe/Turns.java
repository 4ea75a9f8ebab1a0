package io.hawser.node.probe;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets no more than a number of probes run at once; the others wait in the order in which they asked.
 *
 * <p>Event loop only, but for the counts, which any thread may read. Who waits is bounded by who asks: nobody waits
 * twice.
 */
final class Turns {
    private final int mostAtOnce;
    private final Set<Runnable> queue = new LinkedHashSet<>();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong started = new AtomicLong();
    private final AtomicLong delayed = new AtomicLong();

    Turns(int mostAtOnce) {
        if (mostAtOnce < 1) {
            throw new IllegalArgumentException("at least one probe must be allowed at once, not " + mostAtOnce);
        }
        this.mostAtOnce = mostAtOnce;
    }

    /** Runs it now or when its turn comes; {@link #end} must follow each run. */
    void ask(Runnable probe) {
        if (running.get() < mostAtOnce) {
            run(probe);
        } else if (queue.add(probe)) {
            delayed.incrementAndGet();
            waiting.set(queue.size());
        }
    }

    /** Takes back what was asked for, if it has not run yet. */
    void withdraw(Runnable probe) {
        queue.remove(probe);
        waiting.set(queue.size());
    }

    /** One of those that ran has ended: the next may run. */
    void end() {
        running.decrementAndGet();
        Iterator<Runnable> next = queue.iterator();
        if (next.hasNext()) {
            Runnable probe = next.next();
            next.remove();
            waiting.set(queue.size());
            run(probe);
        }
    }

    ProbeCounts counts(int targets) {
        return new ProbeCounts(targets, running.get(), waiting.get(), started.get(), delayed.get());
    }

    private void run(Runnable probe) {
        running.incrementAndGet();
        started.incrementAndGet();
        probe.run();
    }
}
