package io.hawser.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What operators get wrong, one mistake at a time, and what they are told: the table is mistakes.txt. */
final class MistakesTest {

    private static final Pattern BLANK_LINE = Pattern.compile("\n{2,}");

    /** One spoilt text and the errors that it must give. */
    record Mistake(String before, String after, List<String> errors) {

        static Mistake parse(String block) {
            return new Mistake(
                    lines(block, "- ").collect(Collectors.joining("\n")),
                    lines(block, "+ ").collect(Collectors.joining("\n")),
                    lines(block, "> ").toList());
        }

        private static Stream<String> lines(String block, String marker) {
            return block.lines().filter(line -> line.startsWith(marker)).map(line -> line.substring(marker.length()));
        }

        @Override
        public String toString() {
            return after;
        }
    }

    static List<Mistake> mistakes() throws IOException {
        try (InputStream table = MistakesTest.class.getResourceAsStream("mistakes.txt")) {
            String text = new String(Objects.requireNonNull(table).readAllBytes(), StandardCharsets.UTF_8);
            return Arrays.stream(BLANK_LINE.split(text))
                    .filter(block -> !block.startsWith("#"))
                    .map(Mistake::parse)
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void saysWhereWhatAndWhatWouldBeValid(Mistake mistake) {
        int at = Configs.WHOLE.indexOf(mistake.before);
        assertThat(at).as("place of: %s", mistake.before).isNotNegative();
        String spoilt =
                Configs.WHOLE.substring(0, at) + mistake.after + Configs.WHOLE.substring(at + mistake.before.length());

        assertThat(Configs.errors(spoilt)).isEqualTo(mistake.errors);
    }

    @Test
    void whatIsSpoiltIsValidBefore() {
        assertThat(Configs.errors(Configs.WHOLE)).isEmpty();
    }

    @Test
    void saysAllAtOnceInTheOrderOfTheFile() {
        String spoilt = Configs.WHOLE
                .replace("workers: 4", "workers: -1")
                .replace("bind: 127.0.0.1:9900", "bind: 0.0.0.0:9900")
                .replace("protocol: tcp", "protocol: udp")
                .replace("balance: round-robin", "balnce: round-robin")
                .replace("id: b2", "id: b1")
                .replace("timeout: 2s", "timeout: 6s")
                .replace("{ pool: mail }", "{ pool: imap }");

        assertThat(Configs.errors(spoilt))
                .containsExactly(
                        "3:12: node.workers: -1 is not between 0 and 1024",
                        "8:9: admin.bind: 0.0.0.0:9900 can be reached from other machines, so that 'token-file' is"
                                + " required; set it or bind 127.0.0.1:9900",
                        "24:15: listeners[1].protocol: 'udp' is not a protocol; valid: tls, tcp",
                        "25:23: listeners[1].routes[0].pool: there is no pool 'imap'; valid: shop, mail",
                        "28:5: pools[0].balnce: unknown key; did you mean 'balance'?",
                        "35:15: pools[0].backends[1].id: 'b1' is the id of another one in line 34; ids must differ",
                        "39:16: pools[0].health.timeout: a probe would outlast the time to the next: timeout is 6s,"
                                + " interval 5s");
    }

    @Test
    void aLoopbackAddressIsForClustersOfOneMachine() {
        String spoilt = Configs.WHOLE
                .replace("address: 10.0.0.11", "address: 127.0.0.1")
                .replace("join: zookeeper", "join: [ \"127.0.0.1:5703\", \"10.0.0.12:5701\" ]");

        assertThat(Configs.errors(spoilt))
                .containsExactly("6:12: node.address: 127.0.0.1 can't be reached by other machines, such as"
                        + " 10.0.0.12:5701 in cluster.join; write the address that they reach this node at");
    }

    @Test
    void namesTheFileAsCompilersDo() {
        ConfigResult result = ConfigReader.read("conf/lb-node.yml", "listeners: 1\npools: 2", Configs.DEFAULTS);

        assertThat(((ConfigResult.Invalid) result).errors())
                .map(ConfigError::toString)
                .containsExactly(
                        "conf/lb-node.yml:1:12: listeners: must be a list, not '1'",
                        "conf/lb-node.yml:2:8: pools: must be a list, not '2'");
    }

    @Test
    void refusesTextThatIsNoDocument() {
        assertThat(Configs.errors(""))
                .containsExactly("1:1: the file is empty; it needs at least 'listeners' and 'pools'");
        assertThat(Configs.errors("# nothing\n"))
                .containsExactly("1:1: the file is empty; it needs at least 'listeners' and 'pools'");
        assertThat(Configs.errors("lb-node"))
                .containsExactly("1:1: must be a section with keys such as 'node:', not 'lb-node'");
        assertThat(Configs.errors("a: 1\nb: x\u0000y"))
                .containsExactly("2:5: the character U+0000 may not stand in YAML");
        assertThat(Configs.errors("a: \ud800")).containsExactly("1:4: the character U+D800 may not stand in YAML");
        assertThat(Configs.errors("\uD83D\uDE00:\n \uD83D\uDE00\udc00"))
                .containsExactly("2:3: the character U+DC00 may not stand in YAML");
        assertThat(Configs.errors("%YAML 3.0\n---\na: 1"))
                .containsExactly(
                        "1:1: this version of YAML is not supported; remove the line that begins with '%YAML'");
    }

    @Test
    void boundsLengthDepthAndWhatMessagesQuote() {
        assertThat(Configs.errors("# " + "x".repeat(YamlReader.MAX_LENGTH)))
                .containsExactly("1:1: the file is longer than 8388608 characters");
        assertThat(Configs.errors("a: " + "[".repeat(100_000)))
                .containsExactly("1:54: nested more than 50 levels deep");
        String longId = Configs.MINIMAL.replace("id: b1", "id: " + "b".repeat(5000));
        assertThat(Configs.errors(longId))
                .containsExactly("7:23: pools[0].backends[0].id: '" + "b".repeat(60)
                        + "...' is 5000 characters long; no value needs more than 4096");
        assertThat(Configs.errors(Configs.MINIMAL + "z".repeat(500) + ": 1\n"))
                .singleElement()
                .asString()
                .startsWith("8:1: " + "z".repeat(60) + "...: unknown key");
    }

    @Test
    void staysOnOneLineWhateverIsQuoted() {
        assertThat(Configs.errors(Configs.MINIMAL.replace("id: b1", "id: \"b\\n1\\e[31m\"")))
                .singleElement()
                .asString()
                .startsWith("7:23: pools[0].backends[0].id: 'b\\u000a1\\u001b[31m' is not a name");
    }

    @Test
    void saysThatTheMachinesNameDoesNotDo() {
        ConfigResult result = ConfigReader.read("f", Configs.MINIMAL, new Defaults("(none)"));

        assertThat(((ConfigResult.Invalid) result).errors())
                .map(ConfigError::keyPath)
                .containsExactly("node.id", "node.address");
    }
}
