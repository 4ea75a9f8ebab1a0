package io.hawser.node.lbctl;

import io.hawser.node.admin.Explanation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lbctl explain}: which backend a client would get, and why. */
@Command(
        name = "explain",
        description = "Show which backend a client would get now, and why: route, affinity, or the balancer's choice.",
        mixinStandardHelpOptions = true,
        footerHeading = "%n",
        footer = {
            "Nothing is remembered by asking. FILE holds a ClientHello as it was sent, from the first byte of its TLS",
            "record on: then its SNI, its ALPN and the sessions that it offers count."
        })
final class ExplainCommand extends ShowCommand {

    /** What a node reads of a hello. */
    private static final int MAX_HELLO_BYTES = 64 * 1024;

    @Parameters(paramLabel = "LISTENER", description = "The listener that the client comes to.")
    private String listener = "";

    @Option(names = "--client", required = true, paramLabel = "IP", description = "Where the client comes from.")
    private String client = "";

    @Option(names = "--sni", paramLabel = "NAME", description = "The server name that it asks for.")
    private @Nullable String sni;

    @Option(names = "--alpn", paramLabel = "P,…", split = ",", description = "The protocols that it offers.")
    private List<String> alpn = List.of();

    @Option(names = "--hello", paramLabel = "FILE", description = "A captured ClientHello.")
    private @Nullable Path hello;

    ExplainCommand(Lbctl lbctl) {
        super(lbctl);
    }

    @Override
    String title() {
        return "lbctl explain " + listener + " --client " + client;
    }

    @Override
    String json(NodeApi node) throws Failure, InterruptedException {
        return node.explain(query()).json();
    }

    private Map<String, @Nullable String> query() throws Failure {
        Map<String, @Nullable String> query = new LinkedHashMap<>();
        query.put("listener", listener);
        query.put("client", AffinityCommand.checkedClient(lbctl(), client));
        query.put("sni", sni);
        query.put("alpn", alpn.isEmpty() ? null : String.join(",", alpn));
        query.put("hello", hello == null ? null : encoded(hello));
        return query;
    }

    private String encoded(Path file) throws Failure {
        try {
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length > MAX_HELLO_BYTES) {
                throw lbctl().wrongUsage("--hello: " + file + " is longer than any ClientHello");
            }
            return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        } catch (IOException e) {
            throw new Failure("lbctl: can't read " + file + ": " + e.getMessage());
        }
    }

    @Override
    Page page(NodeApi node) throws Failure, InterruptedException {
        Explanation explanation = node.explain(query()).value();
        Table table = new Table(Column.text(""), Column.text("").shrinksTo(20));
        int number = 0;
        for (String step : explanation.steps()) {
            number++;
            table.row(new Cell(number + ".", Cell.Tone.FAINT), Cell.of(step));
        }
        String backend = explanation.backend();
        table.row(
                new Cell("=>", Cell.Tone.TITLE),
                backend == null
                        ? Cell.of("no backend: " + explanation.reason(), Cell.Tone.BAD)
                        : Cell.of(explanation.pool() + "/" + backend + ", by " + explanation.reason(), Cell.Tone.GOOD));
        return new Page(table, List.of());
    }
}
