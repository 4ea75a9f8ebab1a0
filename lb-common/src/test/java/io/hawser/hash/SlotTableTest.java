package io.hawser.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hawser.testing.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SlotTableTest {

    private record Key(byte tag, long high, long low) {}

    /** The table and the simplest thing that does the same: a map for the slots, and a list for the order. */
    private static final class Twins {

        private final int bound;
        private final SlotTable table;
        private final Map<Key, Integer> slots = new HashMap<>();
        /** Oldest first. */
        private final List<Integer> listed = new ArrayList<>();

        Twins(int bound, long seed) {
            this.bound = bound;
            this.table = new SlotTable(bound, seed);
        }

        void step(Random random, int keys) {
            // Few different keys, alike in all but one of their parts.
            Key key = new Key((byte) random.nextInt(2), random.nextInt(2), random.nextInt(keys));
            Integer slot = slots.get(key);
            assertThat(table.find(key.tag(), key.high(), key.low())).isEqualTo(slot == null ? SlotTable.NONE : slot);
            if (slot == null) {
                add(key);
            } else {
                switch (random.nextInt(4)) {
                    case 0 -> {
                        table.listNewest(slot);
                        listed.remove(slot);
                        listed.add(slot);
                    }
                    case 1 -> {
                        table.unlist(slot);
                        listed.remove(slot);
                    }
                    case 2 -> listSomewhere(slot, random);
                    default -> remove(key, slot);
                }
            }
            assertThat(table.size()).isEqualTo(slots.size());
            assertThat(listedByTable()).isEqualTo(listed);
        }

        private void listSomewhere(Integer slot, Random random) {
            table.unlist(slot);
            listed.remove(slot);
            int place = random.nextInt(listed.size() + 1);
            table.listBelow(slot, place == listed.size() ? SlotTable.NONE : listed.get(place));
            listed.add(place, slot);
        }

        private void add(Key key) {
            int slot = table.add(key.tag(), key.high(), key.low());
            if (slots.size() == bound) {
                assertThat(slot).isEqualTo(SlotTable.NONE);
                return;
            }
            assertThat(slot).isBetween(0, table.capacity() - 1);
            assertThat(slots).as("a slot belongs to one key").doesNotContainValue(slot);
            assertThat(new Key(table.tag(slot), table.high(slot), table.low(slot)))
                    .isEqualTo(key);
            slots.put(key, slot);
            listed.add(slot);
        }

        void remove(Key key, Integer slot) {
            table.remove(slot);
            slots.remove(key);
            listed.remove(slot);
            assertThat(table.find(key.tag(), key.high(), key.low())).isEqualTo(SlotTable.NONE);
        }

        private List<Integer> listedByTable() {
            List<Integer> newestFirst = new ArrayList<>();
            for (int slot = table.newest(); slot != SlotTable.NONE; slot = table.older(slot)) {
                newestFirst.add(0, slot);
            }
            assertThat(IntStream.range(0, table.capacity()).filter(table::isListed))
                    .containsExactlyInAnyOrderElementsOf(listed);
            assertThat(table.oldest()).isEqualTo(newestFirst.isEmpty() ? SlotTable.NONE : newestFirst.get(0));
            return newestFirst;
        }
    }

    @Test
    void doesAsAMapAndAListDo() {
        Seeds.rounds(60, random -> {
            Twins twins = new Twins(random.nextInt(1, 80), random.nextLong());
            int keys = random.nextInt(1, 30);
            for (int i = 0; i < 300; i++) {
                twins.step(random, keys);
            }
            Map.copyOf(twins.slots).forEach(twins::remove);
            assertThat(twins.table.size()).isZero();
        });
    }

    @Test
    void findsEveryKeyWhileItGrows() {
        SlotTable table = new SlotTable(100_000, 42);
        int[] slots =
                IntStream.range(0, 100_000).map(i -> table.add((byte) 0, 0, i)).toArray();
        assertThat(table.add((byte) 0, 0, 100_000)).isEqualTo(SlotTable.NONE);
        assertThat(IntStream.range(0, 100_000)
                        .map(i -> table.find((byte) 0, 0, i))
                        .toArray())
                .isEqualTo(slots);
        assertThat(IntStream.of(slots).distinct().count()).isEqualTo(100_000);
        assertThat(table.capacity()).isEqualTo(100_000);
    }

    @Test
    void takesMemoryAsItFillsAndGivesItUpOnceEmpty() {
        SlotTable table = new SlotTable(Integer.MAX_VALUE, 42);
        assertThat(table.capacity()).isZero();
        List<Integer> slots = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            slots.add(table.add((byte) 0, 0, i));
            assertThat(table.capacity()).isLessThanOrEqualTo(Math.max(16, slots.size() * 3 / 2));
        }
        slots.forEach(table::remove);
        assertThat(table.capacity()).isZero();
        assertThat(table.find((byte) 0, 0, 1)).isEqualTo(SlotTable.NONE);
        assertThat(table.add((byte) 0, 0, 1)).isZero();
    }

    @Test
    void holdsSomething() {
        assertThatThrownBy(() -> new SlotTable(0, 42)).hasMessageContaining("0 slots");
    }
}
