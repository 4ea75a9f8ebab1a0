package io.hawser.node.lbctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.hawser.testing.Seeds;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PrintableTest {

    @Test
    void leavesVisibleTextAlone() {
        String text = "shop.example.com 1 → 2 … häwser 日本 \uD83D\uDE00 \\ \"";

        assertThat(Printable.of(text)).isSameAs(text);
    }

    @Test
    void escapesWhatATerminalActsOn() {
        assertThat(Printable.of("a\u001b[2Jb")).isEqualTo("a\\u001b[2Jb");
        assertThat(Printable.of("a\r\n\tb\u0000\u007f")).isEqualTo("a\\u000d\\u000a\\u0009b\\u0000\\u007f");
        assertThat(Printable.of("\u009b31m"))
                .as("a control sequence of one character")
                .isEqualTo("\\u009b31m");
        assertThat(Printable.of("a\u202eb\u2066c")).as("other direction").isEqualTo("a\\u202eb\\u2066c");
        assertThat(Printable.of("a\u2028b")).isEqualTo("a\\u2028b");
        assertThat(Printable.of("a\ud800b")).as("half a character").isEqualTo("a\\ud800b");
        assertThat(Printable.of("z\u0301")).as("a mark on the character before").isEqualTo("z\\u0301");
    }

    @Test
    void jsonStaysEqual() {
        ObjectMapper mapper = new ObjectMapper();
        Seeds.rounds(500, random -> {
            StringBuilder text = new StringBuilder();
            random.ints(20, 0, 0x300).forEach(text::appendCodePoint);
            random.ints(5, 0x2000, 0x2070).forEach(text::appendCodePoint);
            String json = mapper.writerWithDefaultPrettyPrinter().writeValueAsString(Map.of("text", text.toString()));

            String printed = Printable.json(json);

            assertThat(mapper.readTree(printed)).isEqualTo(mapper.readTree(json));
            assertThat(printed.chars())
                    .allMatch(c -> c == '\n' || c == '\r' || (c >= ' ' && c < 0x7f) || c >= 0xa0)
                    .noneMatch(c -> c >= 0x2028 && c <= 0x202e);
        });
    }
}
