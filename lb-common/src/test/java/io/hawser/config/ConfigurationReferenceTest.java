package io.hawser.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps what is written about the configuration true: the reference, and every example in the documents. */
class ConfigurationReferenceTest {

    private static final Path ROOT = Path.of("..");
    private static final Path REFERENCE = ROOT.resolve("docs/configuration.md");
    private static final String UPDATE = "update.docs";

    /** A block of YAML, or what a shell example writes into a file. */
    private static final Pattern EXAMPLE =
            Pattern.compile("^(?:```yaml|cat > .* <<'YAML')\n(.*?)^(?:```|YAML)$", Pattern.DOTALL | Pattern.MULTILINE);

    /** What an example that shows only a part of a file is completed with. */
    private static final String LISTENERS =
            "listeners: [ { id: l, bind: [ \"127.0.0.1:0\" ], routes: [ { pool: shop } ] } ]\n";

    private static final String POOLS =
            """
            pools:
              - { id: shop, backends: [ { id: b1, address: "127.0.0.1:1" } ] }
              - { id: mail, backends: [ { id: m1, address: "127.0.0.1:2" } ] }
            """;

    @Test
    void referenceSaysWhatTheRecordsDeclare() throws IOException {
        String written = Files.readString(REFERENCE);
        String updated = ConfigurationReference.update(written);
        if (Boolean.getBoolean(UPDATE)) {
            Files.writeString(REFERENCE, updated);
            return;
        }
        assertThat(written)
                .as(
                        "docs/configuration.md is behind the configuration's records; run this to update it:"
                                + " mvn -pl lb-common test -Dtest=ConfigurationReferenceTest -D%s=true",
                        UPDATE)
                .isEqualTo(updated);
    }

    @Test
    void everyExampleIsValid() throws IOException {
        List<String> wrong = new ArrayList<>();
        int examples = 0;
        for (Path document : documents()) {
            String text = Files.readString(document);
            Matcher example = EXAMPLE.matcher(text);
            while (example.find()) {
                examples++;
                long line = text.substring(0, example.start()).lines().count() + 1;
                for (String error : Configs.errors(whole(example.group(1)))) {
                    wrong.add(ROOT.relativize(document) + ", example in line " + line + ": " + error);
                }
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(examples).isGreaterThan(10);
    }

    @Test
    void theDistributionsFileIsValid() throws IOException {
        String file = Files.readString(ROOT.resolve("lb-node/src/dist/conf/lb-node.yml"));

        assertThat(Configs.errors(file)).isEmpty();
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(
                            docs.filter(path -> path.toString().endsWith(".md")), Stream.of(ROOT.resolve("README.md")))
                    .filter(Files::exists)
                    .toList();
        }
    }

    private static String whole(String example) {
        return example
                + (example.contains("listeners:\n") ? "" : LISTENERS)
                + (example.contains("pools:\n") ? "" : POOLS);
    }
}
