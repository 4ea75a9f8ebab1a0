package io.hawser.node.pool;

import io.hawser.affinity.AffinityKey;
import io.hawser.affinity.AffinityTable;
import io.hawser.affinity.IssuerTable;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A pool's table in which issuers of tickets are found as well; they are learned from backends only, never by the use of a
 * key.
 */
record WithIssuers(AffinityTable table, IssuerTable issuers) implements AffinityTable {

    @Override
    public @Nullable String find(AffinityKey key, long nowMillis) {
        return key.kind() == AffinityKey.Kind.TLS_ISSUER ? issuers.find(key, nowMillis) : table.find(key, nowMillis);
    }

    @Override
    public @Nullable Entry lookUp(AffinityKey key, long nowMillis) {
        return key.kind() == AffinityKey.Kind.TLS_ISSUER
                ? issuers.lookUp(key, nowMillis)
                : table.lookUp(key, nowMillis);
    }

    @Override
    public CompletionStage<String> claim(AffinityKey key, String backend, long nowMillis) {
        return table.claim(key, backend, nowMillis);
    }

    @Override
    public void used(AffinityKey key, String backend, long nowMillis) {
        if (key.kind() != AffinityKey.Kind.TLS_ISSUER) {
            table.used(key, backend, nowMillis);
        }
    }

    @Override
    public boolean forget(AffinityKey key) {
        return table.forget(key);
    }

    @Override
    public int clear(@Nullable String backend) {
        return table.clear(backend);
    }

    @Override
    public int size() {
        return table.size();
    }

    @Override
    public long evictions() {
        return table.evictions();
    }

    @Override
    public List<Entry> entries(int limit, long nowMillis) {
        return table.entries(limit, nowMillis);
    }
}
