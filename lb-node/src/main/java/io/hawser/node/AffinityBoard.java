package io.hawser.node;

import io.hawser.affinity.AffinityKey;
import io.hawser.affinity.AffinityPolicy;
import io.hawser.affinity.AffinityTable;
import io.hawser.affinity.Issuer;
import io.hawser.node.admin.AffinityClearing;
import io.hawser.node.admin.AffinityPage;
import io.hawser.node.admin.AffinityQuery;
import io.hawser.node.admin.Change;
import io.hawser.node.pool.PoolControl;
import io.hawser.node.pool.Tickets;
import io.hawser.node.state.SharedTable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Shows what a pool remembers of its sessions, and makes the cluster forget it. Control loop. */
final class AffinityBoard {

    private final PoolControl pool;
    private final long nowMillis;

    /** @param nowMillis on the table's clock */
    AffinityBoard(PoolControl pool, long nowMillis) {
        this.pool = pool;
        this.nowMillis = nowMillis;
    }

    AffinityPage page(AffinityQuery query) {
        AffinityTable table = pool.pool().affinity();
        AffinityPolicy policy = pool.plan().settings().affinity();
        return new AffinityPage(
                pool.plan().id(),
                policy.by().stream().map(AffinityPolicy.By::label).toList(),
                pool.plan().affinityTtlMillis() / 1000,
                table.size(),
                pool.plan().affinityMaxEntries(),
                table.evictions(),
                policy.bySession() ? tickets() : List.of(),
                found(table, query));
    }

    private List<AffinityPage.Found> found(AffinityTable table, AffinityQuery query) {
        List<AffinityTable.Entry> entries;
        if (query.client() == null && query.key() == null) {
            entries = table.entries(query.limit(), nowMillis);
        } else {
            entries = new ArrayList<>();
            for (AffinityKey key : keys(query.client() == null ? null : clientKey(query), query.key())) {
                AffinityTable.Entry entry = table.lookUp(key, nowMillis);
                if (entry != null) {
                    entries.add(entry);
                }
            }
        }
        return entries.stream()
                .map(entry -> new AffinityPage.Found(
                        entry.key().kind().label(),
                        entry.key().text(),
                        entry.backend(),
                        Math.max(0, nowMillis - entry.lastUsedMillis()) / 1e3))
                .toList();
    }

    private @Nullable AffinityKey clientKey(AffinityQuery query) {
        return query.client() == null ? null : pool.plan().settings().affinity().clientKey(query.client());
    }

    private static List<AffinityKey> keys(@Nullable AffinityKey client, @Nullable String digest) {
        List<AffinityKey> keys = new ArrayList<>();
        if (client != null) {
            keys.add(client);
        }
        if (digest != null) {
            keys.addAll(AffinityKey.ofDigest(digest));
        }
        return keys;
    }

    private List<AffinityPage.BackendTickets> tickets() {
        Map<String, List<AffinityPage.IssuerName>> names = new TreeMap<>();
        List<AffinityPage.IssuerName> shared = new ArrayList<>();
        List<Issuer> issuers = new ArrayList<>(pool.pool().issuers().issuers());
        issuers.sort(Comparator.comparingLong(Issuer::lastSeenMillis).reversed());
        for (Issuer issuer : issuers) {
            String backend = issuer.backend();
            (backend == null ? shared : names.computeIfAbsent(backend, id -> new ArrayList<>())).add(name(issuer));
        }
        List<AffinityPage.BackendTickets> tickets = new ArrayList<>();
        for (PoolControl.Standing standing : pool.standings()) {
            String id = standing.backend().id();
            List<AffinityPage.IssuerName> own = names.getOrDefault(id, List.of());
            Tickets kind = pool.tickets(id);
            boolean configured = own.stream().anyMatch(name -> name.seenSecondsAgo() == null);
            if (configured) {
                tickets.add(new AffinityPage.BackendTickets(
                        id, "named", "its ticket keys have the names that the configuration gives", own));
            } else if (kind == null) {
                tickets.add(new AffinityPage.BackendTickets(
                        id,
                        own.isEmpty() ? "unknown" : "named",
                        own.isEmpty() ? "not asked by this node yet" : "other nodes or clients have told their names",
                        own));
            } else {
                tickets.add(new AffinityPage.BackendTickets(
                        id, kind.name().toLowerCase(Locale.ROOT), kind.description(), own));
            }
        }
        if (!shared.isEmpty()) {
            tickets.add(new AffinityPage.BackendTickets(
                    null, "shared", "several backends accept these tickets, so that they tie nobody", shared));
        }
        return tickets;
    }

    private AffinityPage.IssuerName name(Issuer issuer) {
        return new AffinityPage.IssuerName(
                issuer.name().text(),
                issuer.origin().label(),
                issuer.origin() == Issuer.Origin.CONFIGURED
                        ? null
                        : Math.max(0, nowMillis - issuer.lastSeenMillis()) / 1000);
    }

    /** Forgets on every node; completes once all have. */
    CompletionStage<Change> clear(AffinityClearing clearing) {
        SharedTable table = pool.sharedTable();
        String of = "pool " + pool.plan().id();
        if (clearing.client() == null && clearing.key() == null) {
            String backend = clearing.backend();
            return table.clearEverywhere(backend)
                    .handle((count, failure) -> failure == null
                            ? new Change.Applied(of + " has forgotten "
                                    + (backend == null ? "all sessions" : "all sessions of " + backend) + ": "
                                    + count + " keys")
                            : failed(of, failure));
        }
        AffinityKey client = clearing.client() == null
                ? null
                : pool.plan().settings().affinity().clientKey(clearing.client());
        CompletionStage<Boolean> known = CompletableFuture.completedStage(false);
        for (AffinityKey key : keys(client, clearing.key())) {
            known = known.thenCombine(table.forgetEverywhere(key), (before, now) -> before || now);
        }
        String what = client == null ? "the key " + clearing.key() : "the client " + client.text();
        return known.handle((any, failure) -> {
            if (failure != null) {
                return failed(of, failure);
            }
            return any
                    ? new Change.Applied(of + " has forgotten " + what)
                    : new Change.NotFound(of + " does not know " + what);
        });
    }

    private static Change failed(String of, Throwable failure) {
        return new Change.Refused(
                of + " can't be cleared on every node now: " + failure.getMessage()
                        + "; see 'lbctl nodes', and try again when the cluster is well",
                List.of());
    }
}
