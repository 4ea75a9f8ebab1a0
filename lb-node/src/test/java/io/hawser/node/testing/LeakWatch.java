package io.hawser.node.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/**
 * What Netty's leak detector says of buffers, from the creation of this until {@link #close}.
 *
 * <p>It listens to the detector's log rather than to the detector: that works whichever class loaded Netty first. A
 * silent detector and a clean test look alike, so each look loses marked buffers on purpose, and is over only once the
 * detector has reported them.
 */
final class LeakWatch implements AutoCloseable {
    private static final String DECOY = "lost on purpose by LeakWatch ";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final ConcurrentLinkedQueue<String> reports = new ConcurrentLinkedQueue<>();
    private final Logger detector = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            reports.add(event.getFormattedMessage());
        }
    };

    LeakWatch() {
        // Below this level the detector throws its findings away.
        detector.setLevel(Level.ERROR);
        // The decoys must not look like leaks to whoever reads the tests' output.
        detector.setAdditive(false);
        appender.setContext(detector.getLoggerContext());
        appender.start();
        detector.addAppender(appender);
    }

    /** Finds what has been lost so far, and returns the detector's reports on what no earlier call returned. */
    List<String> takeLeaks() {
        // What was lost before the first decoy is reported before the second at the latest: garbage is queued in
        // rounds.
        awaitReportOf(loseDecoy());
        awaitReportOf(loseDecoy());
        return Stream.generate(reports::poll)
                .takeWhile(report -> report != null)
                .filter(report -> !report.contains(DECOY))
                .toList();
    }

    /** @return the mark in its report; it is a new one each time because the detector reports equal leaks only once */
    private static String loseDecoy() {
        String mark = DECOY + Long.toHexString(System.nanoTime()) + '.';
        ByteBuf decoy = ByteBufAllocator.DEFAULT.heapBuffer(1);
        decoy.touch(mark);
        return mark;
    }

    private void awaitReportOf(String mark) {
        long start = System.nanoTime();
        while (reports.stream().noneMatch(report -> report.contains(mark))) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new AssertionError("Netty's leak detector did not report a buffer that was lost on purpose");
            }
            System.gc();
            // The detector looks for what was lost whenever it begins to watch another buffer.
            ByteBufAllocator.DEFAULT.heapBuffer(1).release();
        }
    }

    @Override
    public void close() {
        detector.detachAppender(appender);
        detector.setAdditive(true);
        appender.stop();
    }
}
