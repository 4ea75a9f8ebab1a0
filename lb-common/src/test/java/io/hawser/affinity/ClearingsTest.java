package io.hawser.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import io.hawser.testing.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What was cleared stays cleared, in whatever order what was on its way arrives. */
final class ClearingsTest {

    private static final long REMEMBERED = 30_000;
    private static final long TTL = 600_000;
    private static final KnownClearings NONE = new KnownClearings(Set.of(), 60_000);

    private static AffinityKey key(int number) {
        return new AffinityKey(AffinityKey.Kind.CLIENT_IP, 0, number);
    }

    private static AffinityTable.Entry entry(int key, String backend) {
        return new AffinityTable.Entry(key(key), backend, 0);
    }

    @Test
    void voidIsOnlyWhatIsCoveredAndWasToldWithoutKnowing() {
        Clearings clearings = new Clearings(REMEMBERED, 0);
        clearings.hear(new Clearing(7, null, "b1"), 100_000);
        List<AffinityTable.Entry> entries = List.of(entry(1, "b1"), entry(2, "b2"));
        assertThat(clearings.sift(new AffinityBatch(entries, NONE), 100_001)).containsExactly(entry(2, "b2"));
        KnownClearings knows = new KnownClearings(Set.of(7L), 60_000);
        assertThat(clearings.sift(new AffinityBatch(entries, knows), 100_001)).isEqualTo(entries);
        clearings.hear(new Clearing(8, key(2), null), 100_000);
        assertThat(clearings.sift(new AffinityBatch(entries, knows), 100_001)).containsExactly(entry(1, "b1"));
    }

    @Test
    void whoCameAfterTheClearingIsBelieved() {
        Clearings clearings = new Clearings(REMEMBERED, 0);
        clearings.hear(new Clearing(7, null, null), 100_000);
        List<AffinityTable.Entry> entries = List.of(entry(1, "b1"));
        assertThat(clearings.sift(new AffinityBatch(entries, new KnownClearings(Set.of(), 5_000)), 110_000))
                .isEqualTo(entries);
        assertThat(clearings.sift(new AffinityBatch(entries, new KnownClearings(Set.of(), 5_001)), 110_000))
                .isEmpty();
    }

    @Test
    void aClearingIsRememberedForItsTimeAndAttestedForTwiceAsLong() {
        Clearings clearings = new Clearings(REMEMBERED, 0);
        assertThat(clearings.hear(new Clearing(7, null, null), 100_000)).isTrue();
        assertThat(clearings.hear(new Clearing(7, null, null), 100_001)).isFalse();
        AffinityBatch batch = new AffinityBatch(List.of(entry(1, "b1")), NONE);
        assertThat(clearings.sift(batch, 130_000)).isEmpty();
        assertThat(clearings.sift(batch, 130_001)).hasSize(1);
        assertThat(clearings.known(160_000).ids()).containsExactly(7L);
        assertThat(clearings.known(160_001).ids()).isEmpty();
    }

    @Test
    void noMoreAreRememberedThanTheBound() {
        Clearings clearings = new Clearings(REMEMBERED, 0);
        for (int i = 0; i <= Clearings.MAX_REMEMBERED; i++) {
            clearings.hear(new Clearing(i, key(i), null), 100_000);
        }
        assertThat(clearings.known(100_000).ids())
                .hasSize(Clearings.MAX_REMEMBERED)
                .doesNotContain(0L);
    }

    @Test
    void aBatchIsUnpackedAsItWas() {
        AffinityBatch batch =
                new AffinityBatch(List.of(entry(1, "b1"), entry(2, "b2")), new KnownClearings(Set.of(-1L, 5L), 77));
        assertThat(AffinityBatch.decode(batch.encode(0), 0)).isEqualTo(batch);
    }

    @Test
    void whateverTheOrderOfMessagesNothingClearedComesBackAndNothingElseIsLost() {
        Seeds.rounds(300, random -> new Cluster(random).run());
    }

    /**
     * Nodes as lb-node has them: a mirror and a queue of changes each, one of them with the authoritative segment as well.
     * A message takes any time up to some seconds, whatever others between the same two take.
     */
    private static final class Cluster {

        private static final int KEYS = 6;

        private final Random random;
        private final List<Node> nodes = new ArrayList<>();
        private final AffinitySegment segment = new AffinitySegment(1);
        private final AffinitySegment.Limits limits = new AffinitySegment.Limits(TTL, 1000);
        private final List<Message> underWay = new ArrayList<>();
        private final Map<Long, Set<Node>> unconfirmed = new HashMap<>();
        private final Set<AffinityKey> used = new HashSet<>();
        private final Set<AffinityKey> usedAfter = new HashSet<>();
        private long now = 1_000_000;
        private boolean cleared;

        private record Message(long sent, Runnable arrival) {}

        private static final class Node {
            final LocalAffinityTable mirror;
            final Clearings clearings;
            final AffinityReplica replica;
            final List<AffinityTable.Entry> queue = new ArrayList<>();

            Node(long now) {
                mirror = new LocalAffinityTable(TTL, 1000, 2);
                clearings = new Clearings(REMEMBERED, now);
                replica = new AffinityReplica(mirror, clearings);
            }
        }

        Cluster(Random random) {
            this.random = random;
            for (int i = 0; i < 3; i++) {
                nodes.add(new Node(now - random.nextInt(10_000)));
            }
        }

        void run() {
            Clearing clearing =
                    switch (random.nextInt(3)) {
                        case 0 -> new Clearing(random.nextLong(), key(0), null);
                        case 1 -> new Clearing(random.nextLong(), null, "old");
                        default -> new Clearing(random.nextLong(), null, null);
                    };
            for (int i = 0; i < 60; i++) {
                step();
            }
            order(clearing);
            for (int i = 0; i < 60 || !cleared; i++) {
                step();
            }
            for (int i = 0; i < 20; i++) {
                step();
            }
            settle();
            for (Node node : nodes) {
                for (int i = 0; i < KEYS; i++) {
                    String found = node.mirror.find(key(i), now);
                    if (clearing.covers(entry(i, "old"))) {
                        assertThat(found)
                                .as("key %s, cleared by %s, then used or not", i, clearing)
                                .isEqualTo(usedAfter.contains(key(i)) ? "new" : null);
                    } else if (used.contains(key(i))) {
                        assertThat(found)
                                .as("key %s, not cleared by %s", i, clearing)
                                .isNotNull();
                    }
                }
            }
            assertThat(segment.entries(TTL, now))
                    .extracting(AffinityTable.Entry::key, AffinityTable.Entry::backend)
                    .containsExactlyInAnyOrderElementsOf(nodes.get(0).mirror.entries(1000, now).stream()
                            .map(entry -> org.assertj.core.groups.Tuple.tuple(entry.key(), entry.backend()))
                            .toList());
        }

        private Node any() {
            return nodes.get(random.nextInt(nodes.size()));
        }

        private void step() {
            now += random.nextInt(100);
            switch (random.nextInt(4)) {
                case 0 -> use(any(), key(random.nextInt(KEYS)), cleared ? "new" : "old");
                case 1 -> feed(any());
                case 2 -> reconcile(any());
                default -> deliver();
            }
        }

        private void use(Node node, AffinityKey key, String backend) {
            now++;
            if (!cleared && node.clearings.known(now).ids().size() > 0) {
                // It has been told; what it would use now is neither of before nor of after.
                return;
            }
            if (node.mirror.use(key, backend, now)) {
                node.queue.add(new AffinityTable.Entry(key, backend, now));
            }
            (cleared ? usedAfter : used).add(key);
        }

        private void feed(Node node) {
            KnownClearings known = node.clearings.known(now);
            List<AffinityTable.Entry> entries = List.copyOf(node.queue);
            node.queue.clear();
            tell(node, new AffinityBatch(entries, known));
        }

        private void tell(Node from, AffinityBatch batch) {
            if (batch.entries().isEmpty()) {
                return;
            }
            byte[] packed = batch.encode(now);
            for (Node node : nodes) {
                if (node != from) {
                    send(() -> node.replica.merge(AffinityBatch.decode(packed, now), now));
                }
            }
            send(() -> segment.merge(AffinityBatch.decode(packed, now), nodes.get(0).clearings, limits, now));
        }

        private void reconcile(Node node) {
            send(() -> {
                byte[] fetched = segment.read(bucket -> true, TTL, now).encode(now);
                send(() -> {
                    AffinityBatch batch = AffinityBatch.decode(fetched, now);
                    Map<AffinityKey, String> theirs = new HashMap<>();
                    batch.entries().forEach(entry -> theirs.put(entry.key(), entry.backend()));
                    node.replica.merge(batch, now);
                    tell(node, node.replica.read(entry -> !entry.backend().equals(theirs.get(entry.key())), now));
                });
            });
        }

        private void order(Clearing clearing) {
            unconfirmed.put(clearing.id(), new HashSet<>(nodes));
            for (Node node : nodes) {
                send(() -> {
                    node.queue.removeIf(clearing::covers);
                    node.replica.clear(clearing, now);
                    send(() -> {
                        Set<Node> left = unconfirmed.get(clearing.id());
                        left.remove(node);
                        if (left.isEmpty()) {
                            send(() -> {
                                segment.clear(clearing);
                                cleared = true;
                            });
                        }
                    });
                });
            }
        }

        private void send(Runnable arrival) {
            underWay.add(new Message(now, arrival));
        }

        private void deliver() {
            while (!underWay.isEmpty() && now - underWay.get(0).sent() > Clearings.DELAY_MILLIS / 2) {
                underWay.remove(0).arrival().run();
            }
            if (!underWay.isEmpty()) {
                underWay.remove(random.nextInt(underWay.size())).arrival().run();
            }
        }

        private void settle() {
            for (int i = 0; i < 3; i++) {
                nodes.forEach(this::feed);
                while (!underWay.isEmpty()) {
                    deliver();
                }
                // Until then some may have held back what is of after, for want of knowing.
                now += 2 * REMEMBERED;
                nodes.forEach(this::reconcile);
                while (!underWay.isEmpty()) {
                    deliver();
                }
            }
        }
    }
}
