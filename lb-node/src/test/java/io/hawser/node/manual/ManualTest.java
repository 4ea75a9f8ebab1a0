package io.hawser.node.manual;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ManualTest {

    @TempDir
    private Path directory = Path.of("");

    @BeforeEach
    void write() throws IOException {
        Manual.main(new String[] {directory.toString(), "1.2.3"});
    }

    @Test
    void thePageHasEveryCommandWithItsOptions() throws IOException {
        String page = read("man/lbctl.1");
        assertThat(page)
                .contains(".TH LBCTL 1 \"\" \"Hawser 1.2.3\"")
                .contains("\\fB\\-o, \\-\\-output FORM\\fR")
                .contains(".SS \"lbctl backend drain POOL/BACKEND\"")
                .contains(".SS \"lbctl affinity clear POOL\"")
                .contains("\\fB\\-\\-sni NAME\\fR")
                .contains("changed, and in force")
                .contains("\\fBLBCTL_TOKEN_FILE\\fR");
        assertThat(read("man/lb-node.1")).contains(".SS \"lb\\-node run\"", "\\fBSIGHUP\\fR");
    }

    /** roff takes a line that begins with a dot or an apostrophe for a request. */
    @Test
    void noTextIsTakenForARequest() throws IOException {
        assertThat(read("man/lbctl.1").lines().filter(line -> line.startsWith(".") || line.startsWith("'")))
                .allMatch(line -> line.matches("\\.(TH|SH|SS|TP|PP|B|nh|\\\\\").*"));
    }

    @Test
    void shellsCompleteEveryCommand() throws IOException {
        assertThat(read("completion/bash/lbctl"))
                .contains("_picocli_lbctl_backend_drain")
                .contains("complete ");
        assertThat(read("completion/zsh/_lbctl"))
                .startsWith("#compdef lbctl\n")
                .contains("_lbctl_backend_drain() {")
                .contains("drain) _lbctl_backend_drain ;;")
                .contains(":FORM:(table json)")
                .endsWith("\n_lbctl \"$@\"\n");
        assertThat(read("completion/zsh/_lb-node")).contains("check) _lb_node_check ;;", ":FILE:_files");
    }

    /** Two builds of one commit must be the same. */
    @Test
    void aSecondTimeItIsTheSame() throws IOException {
        String first = read("completion/bash/lbctl") + read("man/lbctl.1");
        write();
        assertThat(read("completion/bash/lbctl") + read("man/lbctl.1")).isEqualTo(first);
    }

    private String read(String file) throws IOException {
        return Files.readString(directory.resolve(file));
    }
}
