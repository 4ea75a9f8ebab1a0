package io.hawser.node.connection;

import io.hawser.net.IpAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of refused connections, one line each, but never so many that an attacker fills the log: past a few in each
 * period they are only counted, and the next line says how many were left out.
 *
 * <p>Safe from any thread.
 */
final class RefusalLog {

    private static final Logger log = LoggerFactory.getLogger(RefusalLog.class);

    private static final long PERIOD_NANOS = 10_000_000_000L;
    private static final int LINES_A_PERIOD = 20;

    private final String listener;
    private final Budget refusals;
    // Their own, so that those whom an attacker has refused don't hide that descriptors have run out.
    private final Budget pauses;

    RefusalLog(String listener, LongSupplier nanoTime) {
        this.listener = listener;
        this.refusals = new Budget(nanoTime);
        this.pauses = new Budget(nanoTime);
    }

    void refused(Ending ending, IpAddress client, String why) {
        if (refusals.allowsLine()) {
            log.info("refused listener={} client={} reason={}: {}", listener, client, ending.label(), why);
        }
    }

    void acceptPaused(Throwable cause) {
        if (pauses.allowsLine()) {
            log.warn(
                    "listener {} pauses accepting: {}; raise the limit of open files (LimitNOFILE) or lower"
                            + " node.max-connections",
                    listener,
                    cause.toString());
        }
    }

    /** Lines of one kind. */
    private final class Budget {

        private final LongSupplier nanoTime;
        private final AtomicLong periodStart;
        private final AtomicInteger lines = new AtomicInteger();

        Budget(LongSupplier nanoTime) {
            this.nanoTime = nanoTime;
            this.periodStart = new AtomicLong(nanoTime.getAsLong());
        }

        boolean allowsLine() {
            long now = nanoTime.getAsLong();
            long start = periodStart.get();
            if (now - start >= PERIOD_NANOS && periodStart.compareAndSet(start, now)) {
                int leftOut = lines.getAndSet(0) - LINES_A_PERIOD;
                if (leftOut > 0) {
                    log.info("listener {} left out {} more lines like these", listener, leftOut);
                }
            }
            return lines.incrementAndGet() <= LINES_A_PERIOD;
        }
    }
}
