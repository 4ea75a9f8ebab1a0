package io.hawser.affinity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.affinity.AffinityKey.Kind;
import io.hawser.testing.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class LocalAffinityTableTest {

    private static final long TTL = 1000;

    private final LocalAffinityTable table = new LocalAffinityTable(TTL, 3, 42);

    @Test
    void remembersForATimeSinceTheLastUse() {
        table.used(key(1), "b1", 0);
        assertThat(table.find(key(1), 0)).isEqualTo("b1");
        assertThat(table.find(key(1), TTL - 1)).isEqualTo("b1");
        assertThat(table.find(key(1), TTL)).as("asking was no use").isNull();

        table.used(key(1), "b1", TTL - 1);
        assertThat(table.find(key(1), 2 * TTL - 2)).isEqualTo("b1");
        assertThat(table.find(key(1), 2 * TTL - 1)).isNull();
        assertThat(table.find(key(2), 0)).isNull();
    }

    @Test
    void tellsKeysApartByEveryPart() {
        table.used(new AffinityKey(Kind.CLIENT_IP, 1, 2), "b1", 0);
        assertThat(table.find(new AffinityKey(Kind.TLS_TICKET, 1, 2), 0)).isNull();
        assertThat(table.find(new AffinityKey(Kind.CLIENT_IP, 3, 2), 0)).isNull();
        assertThat(table.find(new AffinityKey(Kind.CLIENT_IP, 1, 3), 0)).isNull();
    }

    @Test
    void isClaimedByTheFirstUntilItExpires() {
        assertThat(claim(table, key(1), "b1", 0)).isEqualTo("b1");
        assertThat(claim(table, key(1), "b2", TTL - 1))
                .as("who comes later follows")
                .isEqualTo("b1");
        assertThat(claim(table, key(1), "b2", TTL)).as("following was no use").isEqualTo("b2");
        assertThat(table.find(key(1), TTL)).isEqualTo("b2");
    }

    @Test
    void movesWithItsUse() {
        table.used(key(1), "b1", 0);
        table.used(key(1), "b2", 1);
        assertThat(table.find(key(1), 1)).isEqualTo("b2");
        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void dropsTheOldestUseWhenItIsFull() {
        table.used(key(1), "b1", 1);
        table.used(key(2), "b1", 2);
        table.used(key(3), "b1", 3);
        table.used(key(1), "b1", 4);
        assertThat(table.evictions()).isZero();

        table.used(key(4), "b1", 5);

        assertThat(table.find(key(2), 5)).as("the one whose use is the oldest").isNull();
        assertThat(List.of(key(1), key(3), key(4))).allMatch(key -> table.find(key, 5) != null);
        assertThat(table.size()).isEqualTo(3);
        assertThat(table.evictions()).isEqualTo(1);
    }

    /** An operator raises the bound when sessions are lost to it; one that was over anyway is no such loss. */
    @Test
    void doesNotCountExpiredOnesAsDropped() {
        table.used(key(1), "b1", 0);
        table.used(key(2), "b1", TTL - 1);
        table.used(key(3), "b1", TTL - 1);

        table.used(key(4), "b1", TTL);

        assertThat(table.evictions()).isZero();
        assertThat(table.find(key(2), TTL)).isEqualTo("b1");
        assertThat(table.size()).isEqualTo(3);
    }

    @Test
    void keepsTheLaterOfTwoTimes() {
        table.used(key(1), "b1", 100);
        // A thread that was held up between looking at the clock and here.
        table.used(key(1), "b1", 90);
        assertThat(table.find(key(1), TTL + 99)).isEqualTo("b1");
    }

    @Test
    void forgetsOneKeyOrThoseOfOneBackendOrAll() {
        table.used(key(1), "b1", 0);
        table.used(key(2), "b2", 0);
        table.used(key(3), "b1", 0);

        assertThat(table.forget(key(2))).isTrue();
        assertThat(table.forget(key(2))).isFalse();
        assertThat(table.clear("b2")).as("nothing is tied to it any more").isZero();
        table.used(key(2), "b2", 0);

        assertThat(table.clear("b1")).isEqualTo(2);
        assertThat(table.find(key(1), 0)).isNull();
        assertThat(table.find(key(2), 0)).isEqualTo("b2");
        assertThat(table.clear("nobody")).isZero();

        table.used(key(1), "b1", 0);
        assertThat(table.clear(null)).isEqualTo(2);
        assertThat(table.size()).isZero();
        assertThat(table.evictions()).isZero();
    }

    @Test
    void clearsExpiredOnesAwayInUse() {
        LocalAffinityTable large = new LocalAffinityTable(TTL, 2000, 42);
        IntStream.range(0, 1000).forEach(i -> large.used(key(i), "b1", i));
        assertThat(large.size()).isEqualTo(1000);
        // Each use clears away more than it adds, so the expired ones go, without a pause in which all of them would.
        IntStream.range(0, 300).forEach(i -> large.used(key(-1 - i), "b2", 10 * TTL));
        assertThat(large.size()).isEqualTo(300);
    }

    @Test
    void sweepsExpiredOnesAway() {
        LocalAffinityTable large = new LocalAffinityTable(TTL, 100_000, 42);
        IntStream.range(0, 50_000).forEach(i -> large.used(key(i), "b1", i < 20_000 ? 0 : 1));
        assertThat(large.sweep(TTL)).isEqualTo(20_000);
        assertThat(large.sweep(TTL)).isZero();
        assertThat(large.size()).isEqualTo(30_000);
        assertThat(large.sweep(TTL + 1)).isEqualTo(30_000);
    }

    @Test
    void livesByAnotherTimeAndBoundOnceTheyAreSet() {
        IntStream.range(0, 3).forEach(i -> table.used(key(i), "b1", i));
        table.reconfigure(10, 2);
        assertThat(table.size()).isEqualTo(2);
        assertThat(table.evictions()).isEqualTo(1);
        assertThat(table.find(key(0), 5)).isNull();
        assertThat(table.find(key(1), 10)).isEqualTo("b1");
        assertThat(table.find(key(1), 11)).isNull();

        table.reconfigure(10, 4);
        IntStream.range(10, 14).forEach(i -> table.used(key(i), "b1", 5));
        assertThat(table.size()).isEqualTo(4);
    }

    @Test
    void shrinksALargeTableToItsNewBound() {
        LocalAffinityTable large = new LocalAffinityTable(TTL, 100_000, 42);
        IntStream.range(0, 90_000).forEach(i -> large.used(key(i), "b1", 0));
        int held = large.size();
        large.reconfigure(TTL, 1000);
        assertThat(large.size()).isEqualTo(1000);
        assertThat(large.evictions()).isEqualTo(89_000L);
        assertThat(held).isGreaterThan(89_000);
    }

    /** Stripes fill unevenly; a large table must still hold nearly as much as it says. */
    @Test
    void holdsNearlyItsBoundBeforeItDropsAny() {
        LocalAffinityTable large = new LocalAffinityTable(TTL, 200_000, 42);
        IntStream.range(0, 185_000).forEach(i -> large.used(key(i), "b1", 0));
        assertThat(large.evictions()).isZero();
    }

    @Test
    void neverHoldsMoreThanItsBound() {
        LocalAffinityTable large = new LocalAffinityTable(TTL, 10_007, 42);
        IntStream.range(0, 20_000).forEach(i -> large.used(key(i), "b1", 0));
        assertThat(large.size()).isEqualTo(10_007);
        assertThat(large.evictions()).isEqualTo(20_000 - 10_007);
    }

    @Test
    void showsTheLatestUsed() {
        LocalAffinityTable large = new LocalAffinityTable(TTL, 100_000, 42);
        IntStream.range(0, 10_000).forEach(i -> large.used(key(i), "b" + i % 3, i));
        List<AffinityTable.Entry> entries = large.entries(5, 9_999);
        assertThat(entries)
                .containsExactlyElementsOf(IntStream.range(0, 5)
                        .map(i -> 9_999 - i)
                        .mapToObj(i -> new AffinityTable.Entry(key(i), "b" + i % 3, i))
                        .toList());
        assertThat(large.entries(20_000, 9_999)).as("those that live").hasSize((int) TTL);
        assertThat(large.entries(0, 0)).isEmpty();
        assertThat(large.entries(-1, 0)).isEmpty();
    }

    /** What another node used longer ago than anything here is used would be the first to go again. */
    @Test
    void dropsNothingForWhatIsOlderThanAllItHolds() {
        IntStream.range(0, 3).forEach(i -> table.used(key(i), "b1", 10 + i));
        assertThat(table.merge(new AffinityTable.Entry(key(7), "b2", 5), 20)).isFalse();
        assertThat(table.evictions()).isZero();
        assertThat(table.merge(new AffinityTable.Entry(key(7), "b2", 11), 20)).isTrue();
        assertThat(table.find(key(0), 20)).isNull();
        table.used(key(8), "b1", 20);
        assertThat(table.find(key(1), 20))
                .as("used before, if at the same time")
                .isNull();
        assertThat(table.find(key(7), 20)).isEqualTo("b2");
    }

    @Test
    void refusesATableThatHoldsNothing() {
        assertThatThrownBy(() -> new LocalAffinityTable(0, 1, 42)).hasMessageContaining("above 0");
        assertThatThrownBy(() -> new LocalAffinityTable(1, 0, 42)).hasMessageContaining("above 0");
        assertThatThrownBy(() -> table.reconfigure(1, -1)).hasMessageContaining("above 0");
    }

    /** The same in the simplest way: a map in the order of use, looked through from end to end. */
    private static final class Model {

        private final Map<AffinityKey, AffinityTable.Entry> entries = new LinkedHashMap<>();
        private long ttl;
        private int bound;
        private long evictions;

        Model(long ttl, int bound) {
            this.ttl = ttl;
            this.bound = bound;
        }

        void expire(long now) {
            entries.values().removeIf(entry -> now - entry.lastUsedMillis() >= ttl);
        }

        @Nullable String find(AffinityKey key) {
            AffinityTable.Entry entry = entries.get(key);
            return entry == null ? null : entry.backend();
        }

        void used(AffinityKey key, String backend, long now) {
            entries.remove(key);
            bound(bound - 1);
            entries.put(key, new AffinityTable.Entry(key, backend, now));
        }

        /** Puts it where it belongs in the order of use: after those used at the same time. */
        void merge(AffinityTable.Entry entry) {
            entries.remove(entry.key());
            List<AffinityTable.Entry> later = entries.values().stream()
                    .filter(other -> other.lastUsedMillis() > entry.lastUsedMillis())
                    .toList();
            if (entries.size() == bound && later.size() == bound) {
                return;
            }
            bound(bound - 1);
            entries.put(entry.key(), entry);
            later.forEach(other -> entries.remove(other.key()));
            later.forEach(other -> entries.put(other.key(), other));
        }

        void bound(int most) {
            while (entries.size() > most) {
                entries.remove(entries.keySet().iterator().next());
                evictions++;
            }
        }

        int clear(@Nullable String backend) {
            int before = entries.size();
            entries.values()
                    .removeIf(entry -> backend == null || entry.backend().equals(backend));
            return before - entries.size();
        }
    }

    @Test
    void doesAsAMapInTheOrderOfUseDoes() {
        Seeds.rounds(100, random -> {
            long ttl = random.nextInt(1, 60);
            int bound = random.nextInt(1, 20);
            LocalAffinityTable real = new LocalAffinityTable(ttl, bound, random.nextLong());
            Model model = new Model(ttl, bound);
            long now = random.nextLong() / 4;
            for (int i = 0; i < 200; i++) {
                now += random.nextInt(4) == 0 ? random.nextInt(20) : 0;
                model.expire(now);
                step(real, model, random, now);
                assertThat(real.evictions()).isEqualTo(model.evictions);
                assertThat(real.size()).isBetween(model.entries.size(), Math.max(model.bound, model.entries.size()));
                assertThat(real.entries(100, now)).containsExactlyInAnyOrderElementsOf(model.entries.values());
            }
        });
    }

    private static void step(LocalAffinityTable real, Model model, Random random, long now) {
        Kind[] kinds = Kind.values();
        AffinityKey key = new AffinityKey(kinds[random.nextInt(kinds.length)], 0, random.nextInt(8));
        String backend = "b" + random.nextInt(4);
        switch (random.nextInt(14)) {
            case 0, 1, 2, 3 -> {
                real.used(key, backend, now);
                model.used(key, backend, now);
            }
            case 4, 5, 6 -> {
                String owner = model.find(key);
                assertThat(claim(real, key, backend, now)).isEqualTo(owner == null ? backend : owner);
                if (owner == null) {
                    model.used(key, backend, now);
                }
            }
            case 7 -> {
                boolean known = model.entries.remove(key) != null;
                // An expired one that is still held counts as known.
                assertThat(real.forget(key) || !known).isTrue();
            }
            case 8 -> {
                String cleared = random.nextInt(5) == 0 ? null : backend;
                assertThat(real.clear(cleared)).isGreaterThanOrEqualTo(model.clear(cleared));
            }
            case 9 -> {
                real.sweep(now);
                assertThat(real.size()).isEqualTo(model.entries.size());
            }
            case 10, 11 -> {
                AffinityTable.Entry known = model.entries.get(key);
                AffinityTable.Entry news = new AffinityTable.Entry(key, backend, now - random.nextInt(70));
                boolean later = known == null
                        || news.lastUsedMillis() > known.lastUsedMillis()
                        || (news.lastUsedMillis() == known.lastUsedMillis() && backend.compareTo(known.backend()) < 0);
                if (now - news.lastUsedMillis() < model.ttl && later) {
                    model.merge(news);
                }
                assertThat(real.merge(news, now)).isEqualTo(!Objects.equals(model.entries.get(key), known));
            }
            case 12 -> {
                if (random.nextInt(10) == 0) {
                    // Only once nothing is expired do the two drop the same ones.
                    real.sweep(now);
                    model.ttl = random.nextInt(1, 60);
                    model.bound = random.nextInt(1, 20);
                    real.reconfigure(model.ttl, model.bound);
                    model.bound(model.bound);
                    model.expire(now);
                }
            }
            default -> assertThat(real.find(key, now)).isEqualTo(model.find(key));
        }
    }

    private static String claim(AffinityTable table, AffinityKey key, String backend, long now) {
        return table.claim(key, backend, now).toCompletableFuture().join();
    }

    private static AffinityKey key(long low) {
        return new AffinityKey(Kind.CLIENT_IP, 0, low);
    }

    /** What the names of backends that come and go leave behind. */
    @Test
    void freesTheNamesOfBackendsThatAreGone() {
        Names names = new Names();
        Map<String, Integer> numbers = new HashMap<>();
        for (int i = 0; i < 1000; i++) {
            String name = "b" + i;
            numbers.put(name, names.acquire(name));
            assertThat(names.acquire(name)).isEqualTo(numbers.get(name));
            names.release(names.find(name));
            if (i >= 5) {
                int gone = names.find("b" + (i - 5));
                names.release(gone);
                assertThat(names.find("b" + (i - 5))).isEqualTo(-1);
            }
            assertThat(names.size()).isLessThanOrEqualTo(6);
            assertThat(numbers.get(name)).as("numbers are given out anew").isLessThan(8);
            assertThat(names.name(numbers.get(name))).isEqualTo(name);
        }
        List<Integer> unused = new ArrayList<>(IntStream.range(0, 8).boxed().toList());
        IntStream.range(995, 1000).forEach(i -> unused.remove(numbers.get("b" + i)));
        assertThat(unused).isNotEmpty().allSatisfy(number -> assertThatThrownBy(() -> names.name(number))
                .hasMessageContaining("is no backend's"));
    }
}
