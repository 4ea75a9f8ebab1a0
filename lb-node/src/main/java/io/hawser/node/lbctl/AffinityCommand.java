package io.hawser.node.lbctl;

import io.hawser.affinity.AffinityKey;
import io.hawser.net.IpAddress;
import io.hawser.node.admin.AffinityPage;
import io.hawser.node.admin.AffinityQuery;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lbctl affinity}: what a pool remembers of its sessions. */
@Command(
        name = "affinity",
        description = "Show which clients and sessions a pool has tied to which backends, the latest used first.",
        mixinStandardHelpOptions = true,
        footerHeading = "%n",
        footer = {
            "Every node of the cluster has the same entries. Addresses are shown as they are, what TLS peers sent as a",
            "digest. 'tls-issuer' lines say which backend's session tickets of TLS 1.3 begin with which name."
        })
final class AffinityCommand extends ShowCommand {

    @Parameters(arity = "0..1", paramLabel = "POOL", description = "The pool.")
    private @Nullable String pool;

    @Option(names = "--client", paramLabel = "IP", description = "Only the entry of this client's network.")
    private @Nullable String client;

    @Option(names = "--key", paramLabel = "DIGEST", description = "Only the entries of this key.")
    private @Nullable String key;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "How many at most, 1 to " + AffinityQuery.MAX_LIMIT + ". Default: "
                    + AffinityQuery.DEFAULT_LIMIT + ".")
    private int limit = AffinityQuery.DEFAULT_LIMIT;

    AffinityCommand(Lbctl lbctl) {
        super(lbctl);
    }

    @Override
    String title() {
        return "lbctl affinity " + pool;
    }

    @Override
    String json(NodeApi node) throws Failure, InterruptedException {
        return node.affinity(query()).json();
    }

    private Map<String, @Nullable String> query() {
        if (pool == null) {
            throw lbctl().wrongUsage("which pool? 'lbctl pools' lists them");
        }
        if (limit < 1 || limit > AffinityQuery.MAX_LIMIT) {
            throw lbctl().wrongUsage("--limit: " + limit + " is not between 1 and " + AffinityQuery.MAX_LIMIT);
        }
        if (client != null && key != null) {
            throw lbctl().wrongUsage("--client and --key: give one of them");
        }
        Map<String, @Nullable String> query = new LinkedHashMap<>();
        query.put("pool", pool);
        query.put("client", checkedClient(lbctl(), client));
        query.put("key", checkedKey(lbctl(), key));
        query.put("limit", Integer.toString(limit));
        return query;
    }

    static @Nullable String checkedClient(Lbctl lbctl, @Nullable String client) {
        if (client != null && IpAddress.tryParse(client) == null) {
            throw lbctl.wrongUsage("--client: '" + client + "' is not an address");
        }
        return client;
    }

    static @Nullable String checkedKey(Lbctl lbctl, @Nullable String key) {
        try {
            if (key != null) {
                List<AffinityKey> unused = AffinityKey.ofDigest(key);
            }
            return key;
        } catch (IllegalArgumentException e) {
            throw lbctl.wrongUsage("--key: " + e.getMessage());
        }
    }

    @Override
    Page page(NodeApi node) throws Failure, InterruptedException {
        Table table = new Table(
                Column.text("KIND"),
                Column.text("KEY").shrinksTo(16),
                Column.text("BACKEND"),
                Column.number("IDLE"),
                Column.text("LEARNED").spare(1));
        AffinityPage page = node.affinity(query()).value();
        List<String> notes = new ArrayList<>();
        if (client == null && key == null) {
            for (AffinityPage.BackendTickets tickets : page.tickets()) {
                for (AffinityPage.IssuerName name : tickets.issuers()) {
                    table.row(
                            Cell.of(AffinityKey.Kind.TLS_ISSUER.label()),
                            Cell.of(name.name()),
                            tickets.backend() == null
                                    ? new Cell("(shared)", Cell.Tone.WARNING)
                                    : Cell.of(tickets.backend()),
                            Cell.of(name.seenSecondsAgo() == null ? null : Humane.span(name.seenSecondsAgo())),
                            Cell.of(name.origin()));
                }
                if (!tickets.tickets().equals("named")) {
                    notes.add((tickets.backend() == null ? "" : "backend " + tickets.backend() + ": ")
                            + tickets.detail());
                }
            }
        }
        for (AffinityPage.Found found : page.found()) {
            table.row(
                    Cell.of(found.kind()),
                    Cell.of(found.key()),
                    Cell.of(found.backend()),
                    Cell.of(Humane.span(found.idleSeconds())),
                    Cell.of(null));
        }
        notes.add(summary(page));
        return new Page(table, notes);
    }

    private static String summary(AffinityPage page) {
        if (page.by().isEmpty()) {
            return "pool " + page.pool() + " ties no clients to backends (affinity.by is empty)";
        }
        long found = page.found().size();
        return found + " of " + page.entries() + " entries shown; by " + String.join(", ", page.by()) + ", kept "
                + Humane.span(page.ttlSeconds()) + " since the last use, " + page.maxEntries() + " at most"
                + (page.evictions() == 0 ? "" : "; " + page.evictions() + " were dropped because the table was full");
    }
}
