package io.hawser.node.logging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineTest {

    /** A reader of logfmt that knows nothing of the writer: pairs separated by single spaces. */
    private static final Pattern PAIR = Pattern.compile("([A-Za-z0-9_.-]+)=(\"(?:[^\"\\\\]|\\\\.)*\"|[^ \"=]+)(?: |$)");

    private static String write(LogFormat format, String value) {
        StringBuilder out = new StringBuilder();
        format.line().add("sni", value).add("pool", "shop").endTo(out);
        return out.toString();
    }

    @Test
    void logfmtLeavesPlainValuesBareAndQuotesTheRest() {
        StringBuilder out = new StringBuilder();
        LogFormat.LOGFMT
                .line()
                .addTime("time", Instant.parse("2026-01-02T03:04:05Z"))
                .add("client", "[2001:db8::1]:4711")
                .add("msg", "two words")
                .add("nothing", (String) null)
                .add("empty", "")
                .add("bytes", 42)
                .addMillis("duration_ms", 12_034_567)
                .addMillis("short_ms", 1_000)
                .endTo(out);
        assertThat(out)
                .hasToString("time=2026-01-02T03:04:05.000Z client=[2001:db8::1]:4711 msg=\"two words\" empty=\"\""
                        + " bytes=42 duration_ms=12.034 short_ms=0.001\n");
    }

    @Test
    void jsonKeepsTypes() throws Exception {
        StringBuilder out = new StringBuilder();
        LogFormat.JSON
                .line()
                .add("n", 7)
                .add("b", true)
                .addMillis("ms", 1_500_000)
                .add("s", "x")
                .endTo(out);
        assertThat(out).hasToString("{\"n\":7,\"b\":true,\"ms\":1.500,\"s\":\"x\"}\n");
        assertThat(new ObjectMapper().readTree(out.toString()).get("ms").asDouble())
                .isEqualTo(1.5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\nb",
                "a\r\nb",
                "x pool=evil",
                "x\" pool=\"evil",
                "x\\\" pool=evil",
                "\u001b[2Jgone",
                "\u202egnp.exe",
                "\u2028line",
                "\u0085next",
                "\ud800",
                "tab\there",
                "\u0000"
            })
    void hostileValuesStayOneValueOfOneLine(String hostile) throws Exception {
        String logfmt = write(LogFormat.LOGFMT, hostile);
        assertThat(pairs(logfmt)).extracting(p -> p.get(0)).containsExactly("sni", "pool");
        assertThat(pairs(logfmt).get(1).get(1)).isEqualTo("shop");
        assertThat(logfmt.stripTrailing()).matches("\\P{C}*");

        String json = write(LogFormat.JSON, hostile);
        assertThat(json.stripTrailing()).matches("\\P{C}*");
        JsonNode object = new ObjectMapper().readTree(json);
        assertThat(object.size()).isEqualTo(2);
        assertThat(object.get("sni").asText()).isEqualTo(hostile);
    }

    @ParameterizedTest
    @EnumSource(LogFormat.class)
    void randomValuesStayOneValueOfOneLine(LogFormat format) throws Exception {
        long seed = Long.getLong("hawser.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder value = new StringBuilder();
            for (int length = random.nextInt(20); length > 0; length--) {
                value.append((char) (random.nextInt(4) == 0 ? random.nextInt(0x10000) : random.nextInt(0x80)));
            }
            String line = write(format, value.toString());
            assertThat(line.indexOf('\n')).as("seed %d: one line", seed).isEqualTo(line.length() - 1);
            if (format == LogFormat.JSON) {
                assertThat(new ObjectMapper().readTree(line).get("sni").asText())
                        .as("seed %d", seed)
                        .isEqualTo(value.toString());
            } else {
                assertThat(pairs(line)).as("seed %d: %s", seed, line).hasSize(2);
            }
        }
    }

    @Test
    void keysCannotForgeEither() {
        StringBuilder out = new StringBuilder();
        LogFormat.LOGFMT.line().add("a b=c\n", 1).endTo(out);
        assertThat(out).hasToString("a_b_c_=1\n");
    }

    @Test
    void longValuesAreCut() {
        assertThat(write(LogFormat.LOGFMT, "x".repeat(100_000))).hasSizeLessThan(Line.MAX_VALUE + 100);
    }

    private static List<List<String>> pairs(String line) {
        String rest = line.substring(0, line.length() - 1);
        List<List<String>> pairs = new ArrayList<>();
        Matcher matcher = PAIR.matcher(rest);
        int end = 0;
        while (matcher.find() && matcher.start() == end) {
            pairs.add(List.of(matcher.group(1), matcher.group(2)));
            end = matcher.end();
        }
        assertThat(end).as("all of the line is pairs: %s", line).isEqualTo(rest.length());
        return pairs;
    }
}
