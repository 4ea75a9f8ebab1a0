package io.hawser.node.state.hazelcast;

import com.hazelcast.map.IMap;
import io.hawser.affinity.AffinityBatch;
import io.hawser.affinity.AffinityKey;
import io.hawser.affinity.AffinityReplica;
import io.hawser.affinity.AffinitySegment;
import io.hawser.affinity.Clearing;
import io.hawser.affinity.KnownClearings;
import io.hawser.affinity.LocalAffinityTable;
import io.hawser.node.state.SharedTable;
import io.hawser.node.state.TableEvents;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A pool's table: this node's mirror of it, and the way to the authoritative copy, which lies in segments in a Hazelcast
 * map, each on one member and on another as backup.
 *
 * <p>The data path touches the mirror and a bounded queue, nothing else. {@link #feed} brings what the queue holds to the
 * segments and to the other nodes' mirrors; {@link #reconcile} finds what was lost on the way.
 */
final class HazelcastTable implements SharedTable {

    static final Set<Integer> ALL_SEGMENTS =
            IntStream.range(0, AffinitySegment.COUNT).boxed().collect(Collectors.toUnmodifiableSet());

    private static final int MAX_QUEUED = 65_536;
    /** While there is traffic some are always waiting; whoever leaves sends them first. */
    static final int MAX_BATCH = 8192;
    /** Batches on their way at once; while a member is silent they wait for seconds. */
    private static final int MAX_IN_FLIGHT = 64;

    private static final int SEGMENTS_AT_ONCE = 16;
    private static final long CALL_SECONDS = 15;

    private final String pool;
    private final IMap<Integer, AffinitySegment> map;
    private final LocalAffinityTable mirror;
    private final AffinityReplica replica;
    private final LocalContext context;
    private final Claims claims;
    private final Members members;
    private final Executor mayWait;
    private final TableEvents events;
    private final Announcer announcer;
    private final LinkedBlockingQueue<Entry> queue = new LinkedBlockingQueue<>(MAX_QUEUED);
    private final Semaphore inFlight = new Semaphore(MAX_IN_FLIGHT);
    private volatile AffinitySegment.Limits limits;
    private volatile boolean loaded;

    /** Tells the other nodes' mirrors, and hears that something did not arrive. */
    interface Announcer {
        /** Tells the others of this batch, which is packed. */
        void changed(String pool, byte[] batch);

        /** Something was lost: reconcile soon. */
        void suspect();
    }

    HazelcastTable(
            String pool,
            IMap<Integer, AffinitySegment> map,
            LocalAffinityTable mirror,
            AffinitySegment.Limits limits,
            LocalContext context,
            Claims claims,
            Members members,
            Executor mayWait,
            Announcer announcer,
            TableEvents events) {
        this.pool = pool;
        this.map = map;
        this.mirror = mirror;
        this.replica = new AffinityReplica(mirror, context.clearings(pool));
        this.limits = limits;
        this.context = context;
        this.claims = claims;
        this.members = members;
        this.mayWait = mayWait;
        this.announcer = announcer;
        this.events = events;
    }

    /** Slightly less than the mirror may hold: what is authoritative must have room in every mirror. */
    static AffinitySegment.Limits limits(long ttlMillis, int maxEntries) {
        int share = (int) (0.95 * maxEntries / AffinitySegment.COUNT);
        // Small tables fill their segments too unevenly to be divided: there the mirrors alone hold the bound.
        return new AffinitySegment.Limits(ttlMillis, share < 100 ? Math.max(maxEntries, 1) : share);
    }

    // What the data path calls.

    @Override
    public @Nullable String find(AffinityKey key, long nowMillis) {
        return mirror.find(key, nowMillis);
    }

    @Override
    public @Nullable Entry lookUp(AffinityKey key, long nowMillis) {
        return mirror.lookUp(key, nowMillis);
    }

    @Override
    public CompletionStage<String> claim(AffinityKey key, String backend, long nowMillis) {
        String known = mirror.find(key, nowMillis);
        return known == null
                ? claims.claim(map, key, backend, limits, events)
                : CompletableFuture.completedStage(known);
    }

    @Override
    public void used(AffinityKey key, String backend, long nowMillis) {
        if (mirror.use(key, backend, nowMillis) && !queue.offer(new Entry(key, backend, nowMillis))) {
            events.dropped();
        }
    }

    // What runs behind it.

    /** Brings what has changed here to the authoritative copy and to the other mirrors. */
    void feed() {
        while (!queue.isEmpty() && inFlight.tryAcquire()) {
            // First what is known of clearings: one that comes meanwhile makes the entries void.
            KnownClearings known = context.clearings(pool).known(context.nowMillis());
            List<Entry> taken = new ArrayList<>();
            if (queue.drainTo(taken, MAX_BATCH) == 0) {
                // What was there has been cleared.
                inFlight.release();
                return;
            }
            Map<AffinityKey, Entry> latest = new LinkedHashMap<>();
            taken.forEach(entry -> latest.put(entry.key(), entry));
            var unused = tell(new AffinityBatch(List.copyOf(latest.values()), known))
                    .whenComplete((done, failure) -> {
                        inFlight.release();
                        if (failure != null) {
                            announcer.suspect();
                        }
                    });
        }
    }

    /** Tells the other mirrors and the authoritative copy; completes when the latter has it. */
    CompletableFuture<?> tell(AffinityBatch batch) {
        announcer.changed(pool, batch.encode(context.nowMillis()));
        Parts parts = Parts.of(batch, context.nowMillis());
        return map.submitToKeys(parts.segments(), new Apply(pool, parts, limits))
                .toCompletableFuture()
                .orTimeout(CALL_SECONDS, TimeUnit.SECONDS);
    }

    /** This node's copy, as others' changes reach it. */
    AffinityReplica replica() {
        return replica;
    }

    /** Changes that are not on their way yet. */
    int waiting() {
        return queue.size();
    }

    /** Another node has told of changes. */
    void heard(byte[] batch) {
        long now = context.nowMillis();
        replica.merge(AffinityBatch.decode(batch, now), now);
    }

    /** Forgets here what is cleared everywhere; says how many entries that were. */
    int clear(Clearing clearing) {
        // The queue first: what is fed once the clearing is known must be of later.
        queue.removeIf(clearing::covers);
        return replica.clear(clearing, context.nowMillis());
    }

    /** Whether all that the cluster knew when this node came is known here. */
    boolean isLoaded() {
        return loaded;
    }

    /** Compares the mirror with the authoritative copy; where they differ, each learns what the other has. */
    void reconcile() throws Exception {
        Map<Integer, Long> differing = differing();
        Exchanged exchanged = new Exchanged();
        Map<Integer, Long> some = new LinkedHashMap<>();
        for (Map.Entry<Integer, Long> segment : differing.entrySet()) {
            some.put(segment.getKey(), segment.getValue());
            if (some.size() == SEGMENTS_AT_ONCE) {
                exchange(some, exchanged);
                some.clear();
            }
        }
        if (!some.isEmpty()) {
            exchange(some, exchanged);
        }
        events.reconciled(exchanged.received, exchanged.sent);
    }

    /** What this node had to learn is learned. */
    void loaded() {
        loaded = true;
    }

    private static final class Exchanged {
        int received;
        int sent;
    }

    private Map<Integer, Long> differing() throws Exception {
        Map<Integer, long[]> theirs = map.submitToKeys(ALL_SEGMENTS, new Digest(limits))
                .toCompletableFuture()
                .get(CALL_SECONDS, TimeUnit.SECONDS);
        long[][] ours = new long[AffinitySegment.COUNT][AffinitySegment.BUCKETS];
        mirror.forEach(
                context.nowMillis(),
                entry -> ours[AffinitySegment.of(entry.key())][AffinitySegment.bucketOf(entry.key())] +=
                        AffinitySegment.digest(entry));
        Map<Integer, Long> differing = new LinkedHashMap<>();
        for (int segment = 0; segment < AffinitySegment.COUNT; segment++) {
            long[] digests = theirs.getOrDefault(segment, new long[AffinitySegment.BUCKETS]);
            long buckets = 0;
            for (int bucket = 0; bucket < AffinitySegment.BUCKETS; bucket++) {
                if (digests[bucket] != ours[segment][bucket]) {
                    buckets |= 1L << bucket;
                }
            }
            if (buckets != 0) {
                differing.put(segment, buckets);
            }
        }
        return differing;
    }

    private void exchange(Map<Integer, Long> buckets, Exchanged exchanged) throws Exception {
        Map<Integer, byte[]> packed = map.submitToKeys(
                        Set.copyOf(buckets.keySet()), new Fetch(new LinkedHashMap<>(buckets), limits))
                .toCompletableFuture()
                .get(CALL_SECONDS, TimeUnit.SECONDS);
        long now = context.nowMillis();
        Map<AffinityKey, String> theirs = new HashMap<>();
        for (byte[] part : packed.values()) {
            AffinityBatch batch = AffinityBatch.decode(part, now);
            batch.entries().forEach(entry -> theirs.put(entry.key(), entry.backend()));
            exchanged.received += replica.merge(batch, now);
        }
        AffinityBatch unknown = replica.read(
                entry -> {
                    long wanted = buckets.getOrDefault(AffinitySegment.of(entry.key()), 0L);
                    return (wanted >>> AffinitySegment.bucketOf(entry.key()) & 1) == 1
                            && !entry.backend().equals(theirs.get(entry.key()));
                },
                now);
        int count = unknown.entries().size();
        for (int from = 0; from < count; from += MAX_BATCH) {
            List<Entry> some = unknown.entries().subList(from, Math.min(count, from + MAX_BATCH));
            // The others' mirrors may lack them as well.
            tell(new AffinityBatch(some, unknown.known())).get(CALL_SECONDS, TimeUnit.SECONDS);
        }
        exchanged.sent += count;
    }

    // What operators ask for.

    @Override
    public void reconfigure(long ttlMillis, int maxEntries) {
        mirror.reconfigure(ttlMillis, maxEntries);
        limits = limits(ttlMillis, maxEntries);
    }

    @Override
    public CompletionStage<Boolean> forgetEverywhere(AffinityKey key) {
        return clearEverywhere(
                        new Clearing(ThreadLocalRandom.current().nextLong(), key, null),
                        Set.of(AffinitySegment.of(key)))
                .thenApply(forgotten -> forgotten > 0);
    }

    @Override
    public CompletionStage<Integer> clearEverywhere(@Nullable String backend) {
        return clearEverywhere(new Clearing(ThreadLocalRandom.current().nextLong(), null, backend), ALL_SEGMENTS);
    }

    private CompletionStage<Integer> clearEverywhere(Clearing clearing, Set<Integer> segments) {
        return CompletableFuture.supplyAsync(
                () -> {
                    int most = members.forget(pool, clearing);
                    int forgotten = map.executeOnKeys(segments, new Clear(clearing)).values().stream()
                            .mapToInt(Integer::intValue)
                            .sum();
                    // Whoever has joined meanwhile has perhaps loaded what was not cleared yet.
                    members.forget(pool, clearing);
                    return Math.max(most, forgotten);
                },
                mayWait);
    }

    // What concerns this node's copy only.

    @Override
    public boolean forget(AffinityKey key) {
        return mirror.forget(key);
    }

    @Override
    public int clear(@Nullable String backend) {
        return mirror.clear(backend);
    }

    @Override
    public int size() {
        return mirror.size();
    }

    @Override
    public long evictions() {
        return mirror.evictions();
    }

    @Override
    public List<Entry> entries(int limit, long nowMillis) {
        return mirror.entries(limit, nowMillis);
    }
}
