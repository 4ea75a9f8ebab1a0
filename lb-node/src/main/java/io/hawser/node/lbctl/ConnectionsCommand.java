package io.hawser.node.lbctl;

import io.hawser.net.Cidr;
import io.hawser.node.admin.ConnectionFilter;
import io.hawser.node.admin.ConnectionPage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code lbctl connections}: a line for each open client connection that is asked for. */
@Command(
        name = "connections",
        description = "Show open client connections, the oldest first.",
        mixinStandardHelpOptions = true)
final class ConnectionsCommand extends ShowCommand {

    @Option(names = "--listener", paramLabel = "ID", description = "Only those of this listener.")
    private @Nullable String listener;

    @Option(names = "--pool", paramLabel = "ID", description = "Only those to this pool.")
    private @Nullable String pool;

    @Option(
            names = "--backend",
            paramLabel = "[POOL/]ID",
            description = "Only those to this backend, or to the backends of this name in all pools.")
    private @Nullable String backend;

    @Option(names = "--client", paramLabel = "IP", description = "Only those from this address or network.")
    private @Nullable String client;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "How many at most, 1 to " + ConnectionFilter.MAX_LIMIT + ". Default: "
                    + ConnectionFilter.DEFAULT_LIMIT + ".")
    private int limit = ConnectionFilter.DEFAULT_LIMIT;

    ConnectionsCommand(Lbctl lbctl) {
        super(lbctl);
    }

    @Override
    String title() {
        StringBuilder title = new StringBuilder("lbctl connections");
        query().forEach((name, value) -> {
            if (value != null && !name.equals("limit")) {
                title.append(" --").append(name).append(' ').append(value);
            }
        });
        return title.toString();
    }

    @Override
    String json(NodeApi node) throws Failure, InterruptedException {
        return node.connections(query()).json();
    }

    private Map<String, @Nullable String> query() {
        if (limit < 1 || limit > ConnectionFilter.MAX_LIMIT) {
            throw lbctl().wrongUsage("--limit: " + limit + " is not between 1 and " + ConnectionFilter.MAX_LIMIT);
        }
        if (client != null) {
            try {
                Cidr.parse(client);
            } catch (IllegalArgumentException e) {
                throw lbctl().wrongUsage("--client: " + e.getMessage());
            }
        }
        String ofPool = pool;
        String ofBackend = backend;
        if (backend != null && backend.indexOf('/') >= 0) {
            if (pool != null) {
                throw lbctl().wrongUsage("--backend names a pool already; leave --pool out");
            }
            BackendName name = lbctl().backendName(backend);
            ofPool = name.pool();
            ofBackend = name.backend();
        }
        Map<String, @Nullable String> query = new LinkedHashMap<>();
        query.put("listener", listener);
        query.put("pool", ofPool);
        query.put("backend", ofBackend);
        query.put("client", client);
        query.put("limit", Integer.toString(limit));
        return query;
    }

    @Override
    Page page(NodeApi node) throws Failure, InterruptedException {
        Table table = new Table(
                Column.number("ID").spare(8),
                Column.text("LISTENER").spare(6),
                Column.text("CLIENT").shrinksTo(15),
                Column.text("PHASE"),
                Column.text("SNI").shrinksTo(16),
                Column.text("ALPN").shrinksTo(8).spare(7),
                Column.text("POOL").spare(2),
                Column.text("BACKEND"),
                Column.text("CHOSEN BY").spare(4),
                Column.number("AGE"),
                Column.number("IDLE").spare(5),
                Column.number("IN").spare(3),
                Column.number("OUT").spare(3));
        ConnectionPage page = node.connections(query()).value();
        for (ConnectionPage.Connection connection : page.connections()) {
            table.row(
                    Cell.of(connection.connection()),
                    Cell.of(connection.listener()),
                    Cell.of(connection.client()),
                    Cell.of(connection.phase()),
                    Cell.of(connection.sni()),
                    Cell.of(connection.alpn()),
                    Cell.of(connection.pool()),
                    Cell.of(connection.backend()),
                    Cell.of(connection.reason()),
                    Cell.of(Humane.span(connection.ageSeconds())),
                    Cell.of(Humane.span(connection.idleSeconds())),
                    Cell.ofBytes(connection.bytesIn()),
                    Cell.ofBytes(connection.bytesOut()));
        }
        int shown = page.connections().size();
        if (page.matching() > shown) {
            return new Page(
                    table, List.of(shown + " of " + Count.of(page.matching(), "connection") + "; --limit shows more"));
        }
        return new Page(table, shown == 0 ? List.of("no open connection matches") : List.of());
    }
}
