package io.hawser.node.connection;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hawser.net.IpAddress;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class RefusalLogTest {

    private static final IpAddress CLIENT = IpAddress.ofBytes(new byte[] {(byte) 192, 0, 2, 7});

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(15));
    private final RefusalLog refusals = new RefusalLog("https", clock::get);
    private final Logger logger = (Logger) LoggerFactory.getLogger(RefusalLog.class);
    private final ListAppender<ILoggingEvent> written = new ListAppender<>();

    @BeforeEach
    void listen() {
        logger.setAdditive(false);
        written.start();
        logger.addAppender(written);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(written);
        logger.setAdditive(true);
    }

    private List<String> takeLines() {
        List<String> lines =
                written.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
        written.list.clear();
        return lines;
    }

    private void refuse(int times) {
        for (int i = 0; i < times; i++) {
            refusals.refused(Ending.NOT_TLS, CLIENT, "it begins with GET");
        }
    }

    @Test
    void tellsOfEachOfAFew() {
        refuse(2);
        assertThat(takeLines())
                .containsExactly(
                        "refused listener=https client=192.0.2.7 reason=not-tls: it begins with GET",
                        "refused listener=https client=192.0.2.7 reason=not-tls: it begins with GET");
    }

    /** The monotonic clock may pass its largest value on the way. */
    @Test
    void aFloodIsCountedAndNotWritten() {
        refuse(100_000);
        assertThat(takeLines()).hasSize(20);
        for (int period = 1; period <= 5; period++) {
            clock.addAndGet(TimeUnit.SECONDS.toNanos(10));
            refuse(1000);
            assertThat(takeLines())
                    .hasSize(21)
                    .first()
                    .isEqualTo("listener https left out " + (period == 1 ? 99_980 : 980) + " more lines like these");
        }
    }

    @Test
    void aFloodHidesNotThatAcceptingPauses() {
        refuse(100_000);
        takeLines();
        for (int i = 0; i < 1000; i++) {
            refusals.acceptPaused(new IOException("Too many open files"));
        }
        assertThat(takeLines())
                .hasSize(20)
                .allMatch(
                        line -> line.startsWith("listener https pauses accepting: java.io.IOException: Too many open"));
    }
}
