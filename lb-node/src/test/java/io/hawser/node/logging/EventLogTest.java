package io.hawser.node.logging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

class EventLogTest {

    private static final Logger LOG = LoggerFactory.getLogger(EventLogTest.class);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void anEventIsOneLineWithItsPairs() {
        try (EventLog events = EventLog.start(out, LogFormat.LOGFMT, Level.INFO)) {
            assertThat(events).isNotNull();
            LOG.atInfo()
                    .addKeyValue("pool", "shop")
                    .addKeyValue("sni", "x\" level=ERROR")
                    .addKeyValue("failures", 3)
                    .addKeyValue("msg", "not the message")
                    .log("backend {} is down", "b1");
        }
        assertThat(out.toString(StandardCharsets.UTF_8))
                .matches("time=\\S+Z level=INFO logger=EventLogTest msg=\"backend b1 is down\" pool=shop"
                        + " sni=\"x\\\\\" level=ERROR\" failures=3 msg_=\"not the message\"\n");
    }

    @Test
    void anExceptionIsOneLineToo() throws Exception {
        try (EventLog events = EventLog.start(out, LogFormat.JSON, Level.INFO)) {
            assertThat(events).isNotNull();
            LOG.error("broken", new IllegalStateException("first\nsecond"));
        }
        String text = out.toString(StandardCharsets.UTF_8);
        assertThat(text).hasLineCount(1);
        JsonNode line = new ObjectMapper().readTree(text);
        assertThat(line.get("error").asText()).isEqualTo("java.lang.IllegalStateException: first\nsecond");
        assertThat(line.get("stack").asText()).contains("at io.hawser.node.logging.EventLogTest");
        assertThat(line.get("thread").asText()).isNotEmpty();
    }

    @Test
    void anArgumentThatThrowsSilencesNobody() {
        Object broken = new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("a defect of the argument");
            }
        };
        try (EventLog events = EventLog.start(out, LogFormat.LOGFMT, Level.INFO)) {
            assertThat(events).isNotNull();
            LOG.atInfo()
                    .addKeyValue("pool", "shop")
                    .addKeyValue("broken", broken)
                    .log("first");
            LOG.info("second");
        }
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .hasSize(2)
                .first()
                .asString()
                .contains("msg=first pool=shop", "unreadable=\"java.lang.IllegalStateException: a defect");
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("msg=second");
    }

    @Test
    void countsWhatTheOutputDoesNotTake() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        OutputStream standing = new OutputStream() {
            @Override
            public void write(int b) {
                throw new AssertionError("single bytes are not whole lines");
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                stuck.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        };
        try (EventLog events = EventLog.start(standing, LogFormat.LOGFMT, Level.INFO)) {
            LOG.info("the first line");
            stuck.await();
            assertThat(events.dropped()).isZero();
            for (int i = 0; i < 20_000; i++) {
                LOG.info("line {}", i);
            }
            assertThat(events.dropped()).isPositive().isLessThan(20_000);
            release.countDown();
        }
    }

    @Test
    void whatIsBelowTheLevelIsOff() {
        try (EventLog events = EventLog.start(out, LogFormat.LOGFMT, Level.INFO)) {
            assertThat(events).isNotNull();
            LOG.debug("noise");
        }
        assertThat(out.size()).isZero();
    }
}
