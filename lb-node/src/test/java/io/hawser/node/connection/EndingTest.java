package io.hawser.node.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class EndingTest {

    private static final Pattern WORD_ROW = Pattern.compile("^\\| `([a-z-]+)` \\|", Pattern.MULTILINE);

    @Test
    void everyErrorStandsInTheMetricsPage() throws IOException {
        String page = Files.readString(Path.of("../docs/metrics.md"));
        String reasons = page.substring(page.indexOf("### Reasons"), page.indexOf("## Backends"));

        assertThat(firstCells(reasons))
                .as("the table of reasons in docs/metrics.md")
                .isEqualTo(Arrays.stream(Ending.values())
                        .filter(Ending::isError)
                        .map(Ending::label)
                        .toList());
    }

    private static List<String> firstCells(String table) {
        return WORD_ROW.matcher(table)
                .results()
                .map((MatchResult row) -> row.group(1))
                .filter(cell -> !cell.equals("reason"))
                .toList();
    }
}
