package io.hawser.node.state;

import io.hawser.affinity.AffinityKey;
import io.hawser.affinity.LocalAffinityTable;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The state of a node that has no cluster: nothing is shared, and nobody is told. */
public final class Standalone implements SharedState {

    private final Peer self;

    /**
     * A node by itself.
     *
     * @param node its id
     * @param address what stands for its address, for people
     */
    public Standalone(String node, String address) {
        this.self = new Peer(node, address, true);
    }

    @Override
    public List<Peer> peers() {
        return List.of(self);
    }

    @Override
    public List<String> unreadiness() {
        return List.of();
    }

    @Override
    public Replication replication() {
        return Replication.none();
    }

    @Override
    public SharedTable share(
            String pool, LocalAffinityTable mirror, long ttlMillis, int maxEntries, TableEvents events) {
        return new Alone(mirror);
    }

    @Override
    public void unshare(String pool) {
        // Nobody shares it.
    }

    @Override
    public void tell(String topic, byte[] message) {
        // Nobody is there to hear it.
    }

    @Override
    public void listen(String topic, Consumer<byte[]> listener) {
        // Nobody is there to speak.
    }

    @Override
    public void onPeersChanged(Runnable listener) {
        // Nobody comes or goes.
    }

    @Override
    public void close() {
        // Nothing is open.
    }

    /** A table that is this node's alone. */
    private record Alone(LocalAffinityTable table) implements SharedTable {

        @Override
        public void reconfigure(long ttlMillis, int maxEntries) {
            table.reconfigure(ttlMillis, maxEntries);
        }

        @Override
        public CompletionStage<Boolean> forgetEverywhere(AffinityKey key) {
            return CompletableFuture.completedStage(table.forget(key));
        }

        @Override
        public CompletionStage<Integer> clearEverywhere(@Nullable String backend) {
            return CompletableFuture.completedStage(table.clear(backend));
        }

        @Override
        public @Nullable String find(AffinityKey key, long nowMillis) {
            return table.find(key, nowMillis);
        }

        @Override
        public @Nullable Entry lookUp(AffinityKey key, long nowMillis) {
            return table.lookUp(key, nowMillis);
        }

        @Override
        public CompletionStage<String> claim(AffinityKey key, String backend, long nowMillis) {
            return table.claim(key, backend, nowMillis);
        }

        @Override
        public void used(AffinityKey key, String backend, long nowMillis) {
            table.used(key, backend, nowMillis);
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
}
