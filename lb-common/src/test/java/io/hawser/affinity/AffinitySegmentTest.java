package io.hawser.affinity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.testing.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Copies of a table on several nodes come to the same, in whatever order they hear of changes. */
final class AffinitySegmentTest {

    private static final long TTL = 10_000;
    private static final AffinitySegment.Limits LIMITS = new AffinitySegment.Limits(TTL, 1000);

    @Test
    void theFirstClaimStands() {
        AffinitySegment segment = new AffinitySegment(1);
        AffinityKey key = key(1);
        assertThat(segment.claim(key, "b1", LIMITS, 0)).isEqualTo("b1");
        assertThat(segment.claim(key, "b2", LIMITS, TTL - 1)).isEqualTo("b1");
        assertThat(segment.claim(key, "b2", LIMITS, TTL)).as("expired").isEqualTo("b2");
    }

    @Test
    void theLatestUseWins() {
        AffinitySegment segment = new AffinitySegment(1);
        segment.merge(List.of(entry(1, "b1", 100)), LIMITS, 200);
        segment.merge(List.of(entry(1, "b2", 50)), LIMITS, 200);
        assertThat(segment.entries(TTL, 200)).containsExactly(entry(1, "b1", 100));
        segment.merge(List.of(entry(1, "b2", 150)), LIMITS, 200);
        assertThat(segment.entries(TTL, 200)).containsExactly(entry(1, "b2", 150));
        segment.merge(List.of(entry(1, "b1", 150)), LIMITS, 200);
        assertThat(segment.entries(TTL, 200)).as("a tie").containsExactly(entry(1, "b1", 150));
        segment.merge(List.of(entry(2, "b1", 200 - TTL)), LIMITS, 200);
        assertThat(segment.size()).as("expired entries stay away").isEqualTo(1);
    }

    @Test
    void copiesThatMergeEachOtherAgree() {
        Seeds.rounds(300, random -> {
            AffinitySegment one = new AffinitySegment(random.nextLong());
            AffinitySegment other = new AffinitySegment(random.nextLong());
            for (int i = random.nextInt(100); i > 0; i--) {
                (random.nextBoolean() ? one : other)
                        .merge(
                                List.of(entry(random.nextInt(30), "b" + random.nextInt(3), random.nextInt(500))),
                                LIMITS,
                                500);
            }
            List<AffinityTable.Entry> ofOne = one.entries(TTL, 500);
            one.merge(other.entries(TTL, 500), LIMITS, 500);
            other.merge(ofOne, LIMITS, 500);
            assertThat(contents(one.entries(TTL, 500))).isEqualTo(contents(other.entries(TTL, 500)));
            assertThat(one.digests(TTL, 500)).isEqualTo(other.digests(TTL, 500));
        });
    }

    @Test
    void digestsDifferWhereTiesDiffer() {
        AffinitySegment one = new AffinitySegment(1);
        AffinitySegment other = new AffinitySegment(2);
        one.merge(List.of(entry(1, "b1", 5), entry(2, "b2", 5)), LIMITS, 5);
        other.merge(List.of(entry(2, "b2", 4), entry(1, "b1", 3)), LIMITS, 5);
        assertThat(one.digests(TTL, 5)).as("times don't matter").isEqualTo(other.digests(TTL, 5));
        other.merge(List.of(entry(1, "b2", 5)), LIMITS, 5);
        assertThat(one.digests(TTL, 5)).isNotEqualTo(other.digests(TTL, 5));
    }

    @Test
    void aFullSegmentLosesWhatWasUsedLongestAgo() {
        AffinitySegment segment = new AffinitySegment(1);
        AffinitySegment.Limits three = new AffinitySegment.Limits(TTL, 3);
        for (int i = 0; i < 5; i++) {
            segment.merge(List.of(entry(i, "b1", 100 + i)), three, 200);
        }
        assertThat(segment.entries(TTL, 200))
                .containsExactly(entry(4, "b1", 104), entry(3, "b1", 103), entry(2, "b1", 102));
        segment.merge(List.of(entry(2, "b1", 110), entry(7, "b1", 90)), three, 200);
        assertThat(contents(segment.entries(TTL, 200)))
                .as("7 was used before all of them")
                .containsOnlyKeys(key(2), key(3), key(4));
        segment.merge(List.of(entry(7, "b1", 105)), three, 200);
        assertThat(contents(segment.entries(TTL, 200))).containsOnlyKeys(key(2), key(4), key(7));
    }

    @Test
    void theMirrorShowsWhatItMerged() {
        LocalAffinityTable mirror = new LocalAffinityTable(TTL, 100_000, 7);
        Map<AffinityKey, String> wanted = new HashMap<>();
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            AffinityTable.Entry entry = entry(i, "b" + i % 3, random.nextInt(5000));
            mirror.merge(entry, 5000);
            wanted.put(entry.key(), entry.backend());
        }
        mirror.forget(key(17));
        wanted.remove(key(17));
        List<AffinityTable.Entry> seen = new ArrayList<>();
        mirror.forEach(5000, seen::add);
        assertThat(contents(seen)).isEqualTo(wanted);
        List<AffinityTable.Entry> later = new ArrayList<>();
        mirror.forEach(TTL + 5000, later::add);
        assertThat(later).isEmpty();
    }

    @Test
    void segmentsFillEvenly() {
        int[] sizes = new int[AffinitySegment.COUNT];
        for (int i = 0; i < 100_000; i++) {
            sizes[AffinitySegment.of(key(i))]++;
        }
        assertThat(Arrays.stream(sizes).max().orElse(0)).isLessThanOrEqualTo(AffinitySegment.bound(100_000));
    }

    @Test
    void entriesTravelWithTheirAges() {
        List<AffinityTable.Entry> entries = List.of(
                entry(1, "b1", 1000), entry(2, "b2", 400), entry(3, "b1", -5_000_000_000L), entry(4, "b1", 2000));
        List<AffinityTable.Entry> there = AffinityCodec.decode(AffinityCodec.encode(entries, 1000), 50_000);
        assertThat(there)
                .containsExactly(
                        entry(1, "b1", 50_000),
                        entry(2, "b2", 49_400),
                        entry(3, "b1", 50_000 - 0xffff_ffffL),
                        entry(4, "b1", 50_000));
    }

    @Test
    void damagedMessagesAreRefused() {
        byte[] packed = AffinityCodec.encode(List.of(entry(1, "b1", 0), entry(2, "b2", 0)), 0);
        assertThatThrownBy(() -> AffinityCodec.decode(new byte[] {2, 0, 0}, 0)).hasMessageContaining("version 2");
        for (int length = 0; length < packed.length; length++) {
            byte[] cut = Arrays.copyOf(packed, length);
            assertThatThrownBy(() -> AffinityCodec.decode(cut, 0)).isInstanceOf(IllegalArgumentException.class);
        }
        Seeds.rounds(3000, random -> {
            byte[] mutated = packed.clone();
            mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
            try {
                AffinityCodec.decode(mutated, 0);
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("affinity entries");
            }
        });
    }

    private static Map<AffinityKey, String> contents(List<AffinityTable.Entry> entries) {
        Map<AffinityKey, String> contents = new HashMap<>();
        entries.forEach(entry -> contents.put(entry.key(), entry.backend()));
        return contents;
    }

    private static AffinityTable.Entry entry(int key, String backend, long lastUsed) {
        return new AffinityTable.Entry(key(key), backend, lastUsed);
    }

    private static AffinityKey key(int number) {
        return new AffinityKey(AffinityKey.Kind.CLIENT_IP, 0, number);
    }
}
