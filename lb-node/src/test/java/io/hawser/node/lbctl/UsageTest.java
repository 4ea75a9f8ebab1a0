package io.hawser.node.lbctl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class UsageTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "| Missing required subcommand",
                "backend | Missing required subcommand",
                "backend drain | Missing required parameter: 'POOL/BACKEND'",
                "backend drain b1 | 'b1' is not POOL/BACKEND, such as shop/b1",
                "backend drain /b1 | '/b1' is not POOL/BACKEND",
                "backend drain a/b/c | 'a/b/c' is not POOL/BACKEND",
                "backend weight shop/b1 | Missing required parameter: 'N'",
                "backend weight shop/b1 heavy | Invalid value for positional parameter at index 1 (N)",
                "backend weight shop/b1 1001 | the weight 1001 is not between 0 and 1000",
                "backend weight shop/b1 -1 | the weight -1 is not between 0 and 1000",
                "backends a b | Unmatched argument at index 2: 'b'",
                "connections --limit 0 | --limit: 0 is not between 1 and 10000",
                "connections --client nobody | --client: 'nobody' is not an IPv4 or IPv6 address",
                "connections --pool a --backend a/b | --backend names a pool already",
                "status -o xml | Invalid value for option '--output': expected one of [TABLE, JSON] (case-insensitive)",
                "status --node lb1:9900 | --node: 'lb1:9900' is not a URL such as http://10.0.0.11:9900",
                "status --node ftp://lb1 | --node: 'ftp://lb1' is not a URL",
                "status --node http://user:secret@lb1 | is not a URL",
                "status --request-timeout 0 | --request-timeout: 0.0 is not between 0.1 and 86400 seconds",
                "status --watch --interval NaN | --interval: NaN is not between 0.1 and 86400 seconds",
                "reload --watch | --watch is for commands that show something"
            })
    void saysWhatIsWrongAndHowItIsUsed(String arguments, String why) {
        Run run = Run.of(arguments == null ? new String[0] : arguments.split(" ", -1));

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains(why).contains("Usage: lbctl");
    }

    @Test
    void guessesWhatWasMeant() {
        Run run = Run.of("stauts");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("Unmatched argument at index 0: 'stauts'", "lbctl status");
    }

    @Test
    void namesTheVariableThatIsWrong() {
        assertThat(Run.in(Map.of("LBCTL_NODE", "lb1"), null, "status").err())
                .contains("LBCTL_NODE: 'lb1' is not a URL");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "status --help",
                "backends -h",
                "connections --help",
                "backend --help",
                "backend drain --help",
                "backend weight --help",
                "reload --help"
            })
    void helps(String arguments) {
        Run run = Run.of(arguments.split(" ", -1));

        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("Usage: lbctl ").contains("--node=URL", "--token-file=FILE");
        assertThat(run.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void saysWhatItIs() {
        for (String[] arguments : new String[][] {{"--version"}, {"-V"}, {"status", "--version"}}) {
            Run run = Run.of(arguments);
            assertThat(run.code()).isZero();
            assertThat(run.out()).isEqualTo("lbctl 1.2.3 (0123456789ab)\n");
        }
    }
}
