package io.hawser.node.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AccessLogTest {

    @TempDir
    Path directory;

    private static void noneDropped() {
        throw new AssertionError("a line was dropped");
    }

    private static AccessRecord relayed(long number) {
        return new AccessRecord(
                Instant.parse("2026-01-02T03:04:05.678Z"),
                number,
                "https",
                "192.0.2.7:51234",
                null,
                new AccessRecord.Tls(
                        "shop.example.com", "h2,http/1.1", "1.3", "t13d1516h2_8daaf6152771_e5627efa2ab1", false),
                new AccessRecord.Choice("shop", "b1", "affinity", "client-ip", 1),
                1_234,
                5_678,
                1_500_000,
                250_000,
                2_000_000_000,
                "client",
                "closed");
    }

    private static AccessRecord refused() {
        return new AccessRecord(
                Instant.EPOCH,
                2,
                "https",
                "[2001:db8::1]:1",
                "10.0.0.1:2",
                null,
                null,
                0,
                0,
                -1,
                -1,
                5_000,
                "node",
                "not-tls");
    }

    @Test
    void aConnectionIsOneLine() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AccessLog log = AccessLog.toStream(out, LogFormat.LOGFMT, AccessLogTest::noneDropped);
        log.log(relayed(1));
        log.log(refused());
        log.close();
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo("time=2026-01-02T03:04:05.678Z log=access connection=1 listener=https client=192.0.2.7:51234"
                        + " sni=shop.example.com alpn=h2,http/1.1 tls=1.3 ja4=t13d1516h2_8daaf6152771_e5627efa2ab1"
                        + " pool=shop backend=b1 chosen=affinity affinity=client-ip attempts=1 bytes_in=1234"
                        + " bytes_out=5678 hello_ms=1.500 connect_ms=0.250 duration_ms=2000.000 ended_by=client"
                        + " ending=closed\n"
                        + "time=1970-01-01T00:00:00.000Z log=access connection=2 listener=https"
                        + " client=[2001:db8::1]:1 proxy=10.0.0.1:2 bytes_in=0 bytes_out=0 duration_ms=0.005"
                        + " ended_by=node ending=not-tls\n");
    }

    @Test
    void jsonHasTheSameKeys() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AccessLog log = AccessLog.toStream(out, LogFormat.JSON, AccessLogTest::noneDropped);
        log.log(relayed(1));
        log.close();
        JsonNode line = new ObjectMapper().readTree(out.toByteArray());
        assertThat(line.get("sni").asText()).isEqualTo("shop.example.com");
        assertThat(line.get("bytes_out").asLong()).isEqualTo(5678);
        assertThat(line.get("duration_ms").asDouble()).isEqualTo(2000);
    }

    @Test
    void anOutputThatStandsStillCostsLinesAndNoTime() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger lines = new AtomicInteger();
        OutputStream slow = new OutputStream() {
            @Override
            public void write(int b) {
                throw new AssertionError("single bytes are not whole lines");
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                stuck.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                for (int i = 0; i < length; i++) {
                    if (bytes[offset + i] == '\n') {
                        lines.incrementAndGet();
                    }
                }
            }
        };
        AtomicInteger dropped = new AtomicInteger();
        AccessLog log = AccessLog.toStream(slow, LogFormat.LOGFMT, dropped::incrementAndGet);
        log.log(relayed(0));
        stuck.await();
        int offered = 40_000;
        for (int i = 1; i < offered; i++) {
            log.log(relayed(i));
        }
        assertThat(dropped.get()).isPositive().isLessThan(offered);
        release.countDown();
        await().untilAsserted(() -> assertThat(lines.get() + dropped.get()).isEqualTo(offered));
        log.close();
    }

    @Test
    void linesThatAreNotTakenBeforeTheEndAreCounted() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        OutputStream standing = new OutputStream() {
            @Override
            public void write(int b) {
                throw new AssertionError("single bytes are not whole lines");
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                stuck.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        };
        AtomicInteger dropped = new AtomicInteger();
        AccessLog log = AccessLog.toStream(standing, LogFormat.LOGFMT, dropped::incrementAndGet);
        log.log(relayed(0));
        stuck.await();
        for (int i = 1; i <= 100; i++) {
            log.log(relayed(i));
        }
        log.close();
        release.countDown();
        assertThat(dropped).hasValue(100);
    }

    @Test
    void aFileThatCannotBeWrittenCostsLinesAndSaysSo() throws Exception {
        Path file = directory.resolve("access.log");
        AtomicInteger dropped = new AtomicInteger();
        AccessLog log = AccessLog.toFile(file, LogFormat.LOGFMT, dropped::incrementAndGet);
        log.log(relayed(1));
        await().untilAsserted(() -> assertThat(file).content().contains("connection=1 "));
        Files.move(file, directory.resolve("access.log.1"));
        // Nothing can be opened by this name now.
        Files.createDirectory(file);
        log.reopen();
        await().untilAsserted(() -> {
            log.log(relayed(2));
            assertThat(dropped).hasPositiveValue();
        });
        Files.delete(file);
        await().untilAsserted(() -> {
            log.log(relayed(3));
            assertThat(file).isRegularFile().content().contains("connection=3 ");
        });
        log.close();
        assertThat(Files.readAllLines(file)).allMatch(line -> line.isEmpty() || line.startsWith("time="));
    }

    @ParameterizedTest
    @EnumSource(LogFormat.class)
    void whatAHelloHoldsForgesNoLine(LogFormat format) throws Exception {
        String hostile =
                "x\r\ntime=2026-01-02T03:04:05.678Z log=access client=10.0.0.1:1 \u001b[31m\u2028\",\"sni\":\"y";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        AccessLog log = AccessLog.toStream(out, format, AccessLogTest::noneDropped);
        log.log(new AccessRecord(
                Instant.EPOCH,
                1,
                "https",
                "192.0.2.7:51234",
                null,
                new AccessRecord.Tls(hostile, hostile, "1.3", hostile, true),
                null,
                0,
                0,
                -1,
                -1,
                5_000,
                "node",
                "no-route"));
        log.close();
        String text = out.toString(StandardCharsets.UTF_8);
        assertThat(text).hasLineCount(1).endsWith("\n");
        assertThat(text.strip()).matches("\\P{C}*");
        if (format == LogFormat.JSON) {
            JsonNode line = new ObjectMapper().readTree(text);
            assertThat(line.get("sni").asText()).isEqualTo(hostile);
            assertThat(line.get("alpn").asText()).isEqualTo(hostile);
            assertThat(line.get("client").asText()).isEqualTo("192.0.2.7:51234");
        } else {
            assertThat(text).containsOnlyOnce(" client=192.0.2.7:51234 ").contains(" sni=\"x\\r\\ntime=");
        }
    }

    @Test
    void aRotatedFileIsOpenedAnew() throws Exception {
        Path file = directory.resolve("access.log");
        AccessLog log = AccessLog.toFile(file, LogFormat.LOGFMT, AccessLogTest::noneDropped);
        log.log(relayed(1));
        await().untilAsserted(() -> assertThat(file).content().contains("connection=1 "));
        Path rotated = Files.move(file, directory.resolve("access.log.1"));
        log.reopen();
        await().until(() -> Files.exists(file));
        log.log(relayed(2));
        log.close();
        assertThat(rotated).content().contains("connection=1 ").doesNotContain("connection=2 ");
        assertThat(file).content().contains("connection=2 ").doesNotContain("connection=1 ");
    }

    @Test
    void linesAreAppendedToWhatAFileHolds() throws Exception {
        Path file = directory.resolve("access.log");
        Files.writeString(file, "kept\n");
        AccessLog log = AccessLog.toFile(file, LogFormat.LOGFMT, AccessLogTest::noneDropped);
        log.log(relayed(1));
        log.close();
        assertThat(file).content().startsWith("kept\n").contains("connection=1 ");
    }

    @Test
    void offMakesNoRecords() {
        AccessLog off = AccessLog.off();
        assertThat(off.isOn()).isFalse();
        off.log(relayed(1));
        off.reopen();
        off.close();
    }

    @Test
    void linesOfAClosedLogAreCounted() {
        AtomicInteger dropped = new AtomicInteger();
        AccessLog log = AccessLog.toStream(new ByteArrayOutputStream(), LogFormat.LOGFMT, dropped::incrementAndGet);
        log.close();
        log.log(relayed(1));
        assertThat(dropped).hasValue(1);
    }
}
