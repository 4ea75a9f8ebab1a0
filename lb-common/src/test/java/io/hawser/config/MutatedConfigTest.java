package io.hawser.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.hawser.testing.Seeds;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Whatever becomes of a valid file, reading it ends in a configuration or in errors whose places lie in the file. */
final class MutatedConfigTest {

    private static final int ROUNDS = 1_000;

    private static final List<String> PIECES = List.of(
            " ",
            "\n",
            "\n  ",
            "\t",
            ":",
            ": ",
            "- ",
            "[",
            "]",
            "{",
            "}",
            ",",
            "#",
            "'",
            "\"",
            "|\n",
            ">",
            "*x",
            "&x ",
            "!t ",
            "? ",
            "%",
            "@",
            "---\n",
            "...\n",
            "<<: ",
            "~",
            "null",
            "true",
            "-1",
            "0",
            "99999999999",
            "1s",
            "\\",
            "\r",
            "\u0000",
            "\u0085",
            "\u2028",
            "\uFEFF",
            "\ud800",
            "é",
            "\uD83D\uDE00",
            "::",
            "*.",
            "id: ",
            "pool: ");

    @Test
    void neverThrowsAndNamesPlacesInTheFile() {
        Seeds.rounds(ROUNDS, random -> {
            String yaml = mutated(random);
            try {
                check(yaml);
            } catch (RuntimeException | AssertionError e) {
                fail("reading:\n" + yaml, e);
            }
        });
    }

    private static void check(String yaml) {
        ConfigResult result = ConfigReader.read("f", yaml, Configs.DEFAULTS);
        if (result instanceof ConfigResult.Invalid invalid) {
            List<String> lines = List.of(yaml.split("\r\n|[\n\r]", -1));
            assertThat(invalid.errors()).isNotEmpty().allSatisfy(error -> {
                assertThat(error.line()).isBetween(1, lines.size());
                assertThat(error.column())
                        .isBetween(1, lines.get(error.line() - 1).length() + 1);
                assertThat(error.message())
                        .isNotBlank()
                        .doesNotContain("\n", "\r")
                        .isNotEqualTo("null");
            });
        }
    }

    private static String mutated(RandomGenerator random) {
        StringBuilder yaml = new StringBuilder(random.nextBoolean() ? Configs.WHOLE : Configs.MINIMAL);
        int edits = 1 + random.nextInt(3);
        for (int i = 0; i < edits; i++) {
            int from = random.nextInt(yaml.length() + 1);
            int to = Math.min(yaml.length(), from + random.nextInt(1, random.nextInt(2, 40)));
            switch (random.nextInt(7)) {
                case 0 -> yaml.delete(from, to);
                case 1 -> yaml.insert(from, PIECES.get(random.nextInt(PIECES.size())));
                case 2 -> yaml.replace(from, to, PIECES.get(random.nextInt(PIECES.size())));
                case 3 -> yaml.insert(random.nextInt(yaml.length() + 1), yaml.substring(from, to));
                case 4, 5 -> yaml.insert(from, (char) ('a' + random.nextInt(26)));
                default -> yaml.insert(from, (char) random.nextInt(1, 0x3000));
            }
        }
        return yaml.toString();
    }
}
